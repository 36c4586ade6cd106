import type { workstationErrors } from '../plugins/workstations/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

const configs = 'projects/shop-dev/locations';
const found = [
  {
    path: `${configs}/europe-west1/workstationClusters/main/workstationConfigs/big`,
    flags: '--region europe-west1 --cluster main --workstation-config big',
  },
  {
    path: `${configs}/us-central1/workstationClusters/main/workstationConfigs/big`,
    flags: '--region us-central1 --cluster main --workstation-config big',
  },
];

export const workstationExamples: ExamplesOf<typeof workstationErrors> = {
  DS_WORKSTATION_SCOPE_MISSING: {
    provider: 'gcloud',
    what: 'a cloud project',
    flag: '--cloud-project',
    variable: 'DEVSERVICES_WORKSTATION_PROJECT',
    field: 'gcloud.project',
  },
  DS_WORKSTATION_PROVIDER_UNKNOWN: {
    given: 'gclod',
    origin: '$DEVSERVICES_WORKSTATION_PROVIDER',
    known: ['docker', 'gcloud'],
  },
  DS_WORKSTATION_NAME_INVALID: {
    name: 'My Box',
    rule: 'it has small letters, digits and - only, a letter first',
  },
  DS_WORKSTATION_UNKNOWN: {
    name: 'bocks',
    where: 'the project shop-dev',
    known: ['box', 'box-2'],
  },
  DS_WORKSTATION_AMBIGUOUS: {
    name: 'box',
    found: found.map(({ path, flags }) => ({ path: `${path}/workstations/box`, flags })),
  },
  DS_WORKSTATION_CONFIG_UNKNOWN: {
    config: 'bigg',
    where: 'the project shop-dev',
    known: ['big', 'small'],
  },
  DS_WORKSTATION_CONFIG_AMBIGUOUS: { config: 'big', found },
  DS_WORKSTATION_FAILED: {
    name: 'box',
    goal: 'running',
    state: 'stopped',
    reason: 'it stopped again after it had been asked to start',
    next: '`devservices workstations start box` tries again; see its logs in the console of Google Cloud.',
  },
  DS_WORKSTATION_GONE: {
    name: 'box',
    goal: 'running',
    reason: 'it was there, and was deleted in between',
  },
  DS_WORKSTATION_STATE_UNKNOWN: { name: 'box', state: 'STATE_REPAIRING', waited: '1 m 0 s' },
  DS_WORKSTATION_TIMEOUT: {
    name: 'box',
    goal: 'running',
    limit: '1200 s',
    last: 'It was starting.',
    reason: 'HTTP 503: the service is currently unavailable',
  },
  DS_WORKSTATION_NOT_READY: {
    name: 'box',
    limit: '1200 s',
    reason: 'ssh: connect to host 127.0.0.1 port 41207: Connection refused',
  },
  DS_WORKSTATION_NOT_RUNNING: { name: 'box', state: 'stopped' },
  DS_WORKSTATION_UNREACHABLE: {
    name: 'box',
    reason: 'its engine is at tcp://10.0.0.7:2376, and no ssh leads to that machine',
    hint: 'Use an engine of this machine, or one behind ssh://.',
  },
  DS_WORKSTATION_LOGIN: {
    name: 'box',
    reason: 'user@127.0.0.1: Permission denied (publickey).',
    command: 'ssh -F ~/.local/state/devservices/workstations/ssh_config box.workstation',
  },
  DS_WORKSTATION_KEYGEN: { reason: 'it is not on the PATH' },
  DS_TUNNEL_FAILED: {
    name: 'box',
    remotePort: 22,
    reason: 'its program ended with exit status 1',
    lines: ['ERROR: (gcloud.workstations.start-tcp-tunnel) Workstation is not running.'],
  },
  DS_TUNNEL_LIVES_ON: { name: 'box', pids: [4021] },
  DS_TUNNEL_UNKNOWN: { names: ['bocks'], known: ['box'] },
};
