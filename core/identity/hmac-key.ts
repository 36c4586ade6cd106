import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import type { Checkout } from './checkout.ts';
import { fileReason, isErrno } from './file-reason.ts';
import { replaceStateFile } from './state-file.ts';

const keyBytes = 32;

/**
 * The checkout's own key for the hashes in labels: without it nobody can try passwords against them.
 * Made on first use. Throws DS_STATE_UNREADABLE, DS_STATE_UNWRITABLE.
 */
export function loadHmacKey(checkout: Pick<Checkout, 'stateFolder'>): Uint8Array {
  const path = join(checkout.stateFolder, 'hmac-key');
  const found = readKey(path) ?? createKey(path);
  if (found.length === keyBytes) return found;
  // Damaged: a new one costs each container one recreation.
  replaceStateFile(path, randomBytes(keyBytes));
  return readKey(path) ?? found;
}

function readKey(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}

// A link appears whole and only where nothing is: of two processes the first one's key is both's.
function createKey(path: string): Uint8Array {
  const key = randomBytes(keyBytes);
  const prepared = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(prepared, key, { mode: 0o600, flag: 'wx' });
    linkSync(prepared, path);
    return key;
  } catch (error) {
    const theirs = isErrno(error, 'EEXIST') ? readKey(path) : undefined;
    if (theirs) return theirs;
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  } finally {
    rmSync(prepared, { force: true });
  }
}
