import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import { fileReason, isErrno } from './file-reason.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { parseObject } from './state-file.ts';

const occupied = ['ENOTEMPTY', 'EEXIST', ...(process.platform === 'win32' ? ['EPERM'] : [])];

/** Who holds a lock, for what, since when (milliseconds since the epoch). */
export interface LockHolder extends ProcessIdentity {
  task: string;
  since: number;
}

/** One attempt: `release` where it was taken, else who holds it. */
export type LockAttempt = { release: () => void } | { holder: LockHolder };

/**
 * Takes the lock at `path` for `holder`, or says who has it. Never waits. A lock is a folder with one
 * file in it, which is named after its holder's random token:
 *
 * - it appears in one step, with its holder inside, since a folder is renamed only onto nothing or onto
 *   an empty folder;
 * - a release, and the removal of a dead holder, unlink one token's file: whoever acts on an old look
 *   removes nothing of a later holder, so two that see the same dead holder cannot both win;
 * - a crash between any two steps leaves an empty folder at most, which counts as free.
 *
 * Throws DS_STATE_UNWRITABLE.
 */
export function attemptLock(path: string, holder: LockHolder): LockAttempt {
  try {
    const current = removeUnlessHeld(path);
    if (current) return { holder: current };
    const token = `${randomBytes(8).toString('hex')}.json`;
    const prepared = `${path}.${token}`;
    mkdirSync(prepared, { mode: 0o700 });
    try {
      writeFileSync(join(prepared, token), JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
      if (renameOntoNothing(prepared, path)) return { release: () => removeToken(path, token) };
    } catch (error) {
      rmSync(prepared, { recursive: true, force: true });
      throw error;
    }
    rmSync(prepared, { recursive: true, force: true });
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
  return attemptLock(path, holder);
}

/** Who holds the lock at `path` now, or undefined; changes nothing. */
export function readLockHolder(path: string): LockHolder | undefined {
  const [token] = listTokens(path);
  const holder = token === undefined ? undefined : readToken(path, token);
  return holder && isAlive(holder, holder.since) ? holder : undefined;
}

function removeUnlessHeld(path: string): LockHolder | undefined {
  for (const token of listTokens(path)) {
    const holder = readToken(path, token);
    if (holder && isAlive(holder, holder.since)) return holder;
    removeToken(path, token);
  }
  return undefined;
}

function listTokens(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

// A file that is no record was being written when the power went: whoever wrote it is gone.
function readToken(path: string, token: string): LockHolder | undefined {
  try {
    const record = parseObject(readFileSync(join(path, token), 'utf8'));
    return typeof record?.['pid'] === 'number' ? (record as unknown as LockHolder) : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function removeToken(path: string, token: string): void {
  ignoring(['ENOENT'], () => unlinkSync(join(path, token)));
  ignoring(['ENOENT', ...occupied], () => rmdirSync(path));
}

function renameOntoNothing(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (!isErrno(error, ...occupied)) throw error;
    // Only Windows refuses an empty folder, which nobody holds.
    ignoring(['ENOENT', ...occupied], () => rmdirSync(to));
    return false;
  }
}

function ignoring(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isErrno(error, ...codes)) throw error;
  }
}
