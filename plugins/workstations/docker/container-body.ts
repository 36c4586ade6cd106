import type { Account } from './account.ts';
import type { Engine } from './ask-engine.ts';
import { folder } from './launch-script.ts';
import { homeVolume, labelsOf, type Owner, workstationLabels } from './own-names.ts';
import type { Repo } from './resolve-repo.ts';

type Body = Parameters<Engine['createContainer']>[0];

export interface Wanted {
  owner: Owner;
  name: string;
  image: string;
  account: Account;
  repo: Repo;
}

/** Where one works in it. */
export const workFolder = ({ account, repo }: Pick<Wanted, 'account' | 'repo'>): string =>
  repo.kind === 'none' ? account.home : repo.folder;

/** The container of a workstation, as engines are asked for it; `called` and `network` are its own alone. */
export function containerBody(
  wanted: Wanted,
  { called, network }: { called: string; network: string },
): Body {
  const { owner, name, image, account, repo } = wanted;
  const { user, home, ids } = account;
  const numbers = ids ? [String(ids.uid), String(ids.gid)] : ['', ''];
  const labels = labelsOf(owner, name);
  return {
    name: called,
    Image: image,
    Hostname: name.replaceAll('_', '-'),
    User: '0',
    WorkingDir: '/',
    Entrypoint: ['/bin/sh', `${folder}/run`, user, home, ...numbers],
    Cmd: [],
    StopSignal: 'SIGTERM',
    // What the image would check is no longer what runs.
    Healthcheck: { Test: ['NONE'] },
    ExposedPorts: { '22/tcp': {} },
    Labels: {
      ...labels,
      [workstationLabels.user]: user,
      [workstationLabels.folder]: workFolder(wanted),
    },
    HostConfig: {
      NetworkMode: network,
      PortBindings: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      Init: true,
      RestartPolicy: { Name: 'no' },
      // Nothing that is developed needs them; the engine's defaults are the rest.
      CapDrop: ['MKNOD', 'NET_RAW'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      Mounts: [
        {
          Type: 'volume',
          Source: homeVolume(owner, name),
          Target: home,
          VolumeOptions: { NoCopy: false, Labels: labels, DriverConfig: { Name: '', Options: {} } },
        },
        ...(repo.kind === 'mount'
          ? [{ Type: 'bind' as const, Source: repo.source, Target: repo.folder }]
          : []),
      ],
    },
  };
}
