import { access, mkdir } from 'node:fs/promises';
import type { Target } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import { createRefusal } from '../fields/field-error.ts';
import { asContainer } from '../fields/resolved-container.ts';

/**
 * Throws DS_DOCKER_FIELD_INVALID for a folder of this machine that must be there and is not. On engines
 * elsewhere, they say so themselves.
 */
export async function assertFolders(
  engine: Engine,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  for (const source of await foldersOf({ engine, target, signal }, 'must be there')) {
    await access(source).catch(() => {
      const problem = `binds ${source}, which is not there, and createHostPath is false`;
      throw createRefusal(target.service)('volumes', problem);
    });
  }
}

/** Makes folders of this machine that are not there: as Compose does, but by this user, not by root. */
export async function makeFolders(
  engine: Engine,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  for (const source of await foldersOf({ engine, target, signal }, 'may be made')) {
    // What is there, a file included, stays as it is; what can not be made, the engine will name.
    await mkdir(source, { recursive: true }).catch(() => {});
  }
}

async function foldersOf(
  { engine, target, signal }: { engine: Engine; target: Target; signal: AbortSignal },
  which: 'must be there' | 'may be made',
): Promise<readonly string[]> {
  const address = await engine.connect(signal);
  if (address.kind !== 'socket') return [];
  return asContainer(target.run)
    .volumes.filter(({ type }) => type === 'bind')
    .filter(({ createHostPath = true }) => createHostPath === (which === 'may be made'))
    .map(({ source }) => source);
}
