import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every file that a repo's runs have left in its state folder. */
export function listState(root: string): string[] {
  return readdirSync(join(root, '.state'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
