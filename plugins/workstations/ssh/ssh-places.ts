import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where what belongs to one workstation is kept. */
export interface SshPlaces {
  /** Names the workstation in file names and as whom ssh knows it: 16 hex digits. */
  key: string;
  knownHosts: string;
  /** Folder of its keys. */
  keys: string;
  /** Folders of one pair each. */
  clientKey: string;
  hostKey: string;
}

export function placesOf(folder: string, workstation: string): SshPlaces {
  const key = createHash('sha256').update(workstation).digest('hex').slice(0, 16);
  const keys = join(folder, 'keys', key);
  return {
    key,
    knownHosts: join(folder, 'known_hosts', key),
    keys,
    clientKey: join(keys, 'client'),
    hostKey: join(keys, 'host'),
  };
}
