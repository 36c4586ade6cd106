import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { identifyProcess, isAlive } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

interface Owner extends ProcessIdentity {
  token: string;
}

/**
 * Runs `work` while no other process or caller holds the lock at `path`. A lock whose owner died is
 * taken over. `onWait` is called once if somebody else holds it.
 */
export async function withFolderLock<Result>(
  path: string,
  work: () => Promise<Result>,
  onWait: (owner: { pid: number }) => void = () => {},
): Promise<Result> {
  await acquire(path, onWait);
  try {
    return await work();
  } finally {
    await release(path);
  }
}

async function acquire(path: string, onWait: (owner: Owner) => void): Promise<void> {
  const owner = createOwner();
  // The owner is inside before the folder gets its name: nobody ever sees a lock without one.
  const prepared = `${path}.new-${owner.token}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await mkdir(prepared, { mode: 0o700 });
  await writeFile(join(prepared, 'owner.json'), JSON.stringify(owner));
  let waited = false;
  while (!(await renameOntoNothing(prepared, path))) {
    const holder = await readOwner(path);
    if (holder && !isAlive(holder)) {
      // The tombstone is named after the dead owner and stays: a second breaker that judged the
      // same owner dead can not move away the lock of whoever came after.
      await renameOntoNothing(path, `${path}.dead-${holder.token}`).catch(ignoreMissing);
      continue;
    }
    if (holder && !waited) onWait(holder);
    waited ||= holder !== null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function release(path: string): Promise<void> {
  // Moved away first: an empty folder would let the next owner in while this one still deletes.
  const done = `${path}.done-${randomUUID()}`;
  await rename(path, done);
  await rm(done, { recursive: true, force: true });
}

function createOwner(): Owner {
  const self = identifyProcess(process.pid);
  if (!self) throw new Error(`This process (${process.pid}) can not be found in /proc.`);
  return { ...self, token: randomUUID() };
}

async function renameOntoNothing(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOTEMPTY', 'EEXIST'].includes(code)) return false;
    throw error;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(join(path, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return null;
  }
}
