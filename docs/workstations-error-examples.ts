import type { dockerWorkstationErrors } from '../plugins/workstations/docker/errors.ts';
import type { workstationErrors } from '../plugins/workstations/errors.ts';
import type { gcloudErrors } from '../plugins/workstations/gcloud/errors.ts';
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

export const dockerWorkstationExamples: ExamplesOf<typeof dockerWorkstationErrors> = {
  DS_WORKSTATION_IMAGE_UNFIT: { image: 'alpine:3.20', missing: 'sshd' },
  DS_WORKSTATION_IMAGE_MISSING: {
    image: 'example.org/box:1',
    reason: 'manifest for example.org/box:1 not found.',
  },
  DS_WORKSTATION_IMAGE_BUILD: {
    base: 'debian:12-slim',
    reason: "The command '/bin/sh -c apt-get update' returned a non-zero code: 100.",
    lines: ['E: Unable to locate package openssh-server'],
  },
  DS_WORKSTATION_NAME_TAKEN: {
    kind: 'container',
    name: 'shop_workstation_box',
    owner: 'it has no label of devservices',
  },
  DS_WORKSTATION_MOUNT_ELSEWHERE: { root: '/home/ada/shop', engine: 'ssh://build' },
  DS_WORKSTATION_NO_ORIGIN: {
    root: '/home/ada/shop',
    reason: "error: No such remote 'origin'",
  },
  DS_WORKSTATION_EXITED: {
    name: 'box',
    container: 'shop_workstation_box',
    exitCode: 255,
    lines: ['/etc/devservices-workstation/sshd_config: line 9: Bad configuration option: UsePAM'],
  },
  DS_WORKSTATION_ENGINE_FAILED: {
    doing: 'make the network shop_workstation_box_5f0e2a91',
    reason: 'all predefined address pools have been fully subnetted.',
  },
};

export const gcloudExamples: ExamplesOf<typeof gcloudErrors> = {
  DS_GCLOUD_MISSING: { lines: ['bash: line 1: gcloud: command not found'] },
  DS_GCLOUD_OLD: { version: '412.0.0', minimum: 464 },
  DS_GCLOUD_SIGNED_OUT: { lines: [] },
  DS_GCLOUD_FAILED: {
    what: 'list the workstations of the project shop-dev',
    lines: [
      "PERMISSION_DENIED: Permission 'workstations.workstations.list' denied on 'projects/shop-dev'",
    ],
    remedy:
      'See that the project is the right one; else have the role roles/workstations.user given to you, or sign in as who has it by `gcloud auth login`.',
  },
  DS_GCLOUD_ANSWER: {
    what: 'look at the workstation box of the project shop-dev',
    lines: ['gcloud crashed (InvalidDataFromServerError): Error decoding response'],
  },
  DS_GCLOUD_OPERATION: {
    verb: 'start',
    name: 'box',
    lines: ['There is no quota left for N2 in europe-west1.'],
  },
  DS_GCLOUD_CONFIG_MISSING: { where: 'the project shop-dev, region europe-west1' },
};
