import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const sharedBase = '/var/lib/devservices';

/** Removes what root's embedded programs kept for the checkouts of one state home, and nothing else. */
export function removeKeptFolders(stateHome: string): void {
  const folder = join(stateHome, 'devservices');
  if (!existsSync(folder)) return;
  for (const id of readdirSync(folder).filter((name) => /^[0-9a-f]{12}$/.test(name))) {
    rmSync(join(sharedBase, id), { recursive: true, force: true });
  }
}
