import { chmodSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';

import { stateErrors } from '../errors/catalogue/state.ts';
import { fileReason, isErrno } from './file-reason.ts';

/**
 * Makes sure that `path` is a folder that only this user can enter (0700), making it where it is not
 * there. One system call when all is well.
 *
 * Throws DS_STATE_FOREIGN for what belongs to another user or is no folder, DS_STATE_UNWRITABLE where
 * it cannot be made.
 */
export function ensurePrivateFolder(path: string): void {
  const found = look(path) ?? make(path);
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) throw foreign(path, `owned by user ${found.uid}`);
  // A link of our own may lead elsewhere, but only to what is ours too: nobody else made that link.
  const target = found.isSymbolicLink() ? follow(path) : found;
  if (uid !== undefined && target.uid !== uid) throw foreign(path, `owned by user ${target.uid}`);
  if (!target.isDirectory()) throw foreign(path, 'no folder');
  if (uid !== undefined && (target.mode & 0o077) !== 0) chmodSync(path, 0o700);
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}

function follow(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}

function make(path: string): Stats {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return lstatSync(path);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw foreign(path, 'no folder');
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}

function foreign(path: string, what: string) {
  return stateErrors.create('DS_STATE_FOREIGN', { path, what });
}
