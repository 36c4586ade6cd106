import { writeArchive } from 'devservices/machine';
import type { Login, Workstation } from '../contract.ts';
import { askEngine } from './ask-engine.ts';
import { readText } from './container-files.ts';
import type { DockerSide } from './docker-side.ts';
import { folder } from './launch-script.ts';
import { workstationLabels } from './own-names.ts';
import type { Inspected } from './read-workstation.ts';

export interface LogIn {
  workstation: Workstation;
  found: Inspected;
  signal: AbortSignal;
}

/**
 * Who logs in and how, with the key of the host as the workstation has it. A machine that has no key for
 * it, as one whose state was removed, is given one: whoever commands the engine may.
 */
export async function logIn(side: DockerSide, request: LogIn): Promise<Required<Login>> {
  const { workstation, found, signal } = request;
  const container = (await side.engine()).getContainer(found.Id);
  const [{ privateFile, publicKey }, authorized = '', hostKey = ''] = await Promise.all([
    side.keys.keyPair(found.Id),
    readText(container, `${folder}/authorized_keys`, signal),
    readText(container, `${folder}/host_key.pub`, signal),
  ]);
  if (!authorized.split('\n').includes(publicKey)) {
    const content = Buffer.from(`${authorized}${publicKey}\n`);
    const path = `${folder}/authorized_keys`;
    await askEngine({ doing: `put a key into ${workstation.name}`, signal }, () =>
      container.putArchive(writeArchive([{ path, content, uid: 0, gid: 0, mode: 0o644 }]), {
        path: '/',
        abortSignal: signal,
      }),
    );
  }
  const { Labels } = found.Config;
  const [, key] = /^(ssh-ed25519 [A-Za-z0-9+/=]+)(?:\s|$)/.exec(hostKey) ?? [];
  return {
    user: Labels[workstationLabels.user] ?? 'root',
    identityFile: privateFile,
    hostKeys: key === undefined ? [] : [key],
    folder: Labels[workstationLabels.folder] ?? '/',
  };
}
