import {
  type DevServicesError,
  fileReason,
  isDevServicesError,
  isErrno,
  reasonOf,
  stateErrors,
} from 'devservices/machine';
import { accessSync, closeSync, constants, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeErrors } from '../errors.ts';
import { findBackups } from './store-file.ts';

// SQLite's own numbers.
const kinds: Readonly<Record<number, string>> = {
  3: 'PERM',
  5: 'BUSY',
  6: 'LOCKED',
  8: 'READONLY',
  10: 'IOERR',
  11: 'CORRUPT',
  13: 'FULL',
  14: 'CANTOPEN',
  26: 'NOTADB',
};

export interface StorePlace {
  file: string;
  busyTimeoutMs: number;
}

/** What an error of SQLite or of the file system means; undefined for what the asker's statement is to blame for. */
export function explainSqlite(thrown: unknown, place: StorePlace): DevServicesError | undefined {
  const code = codeOf(thrown);
  if (code === undefined) return undefined;
  const { file: store } = place;
  switch (code.split('_')[1] ?? '') {
    case 'BUSY':
    case 'LOCKED': {
      const seconds = Math.round(place.busyTimeoutMs / 1000);
      return storeErrors.create('DS_STORE_BUSY', { store, seconds }, thrown);
    }
    case 'FULL':
      return storeErrors.create('DS_STORE_FULL', { store, reason: 'the disk is full' }, thrown);
    case 'CORRUPT':
    case 'NOTADB': {
      const [backup] = findBackups(store);
      const reason = reasonOf(thrown);
      return storeErrors.create('DS_STORE_CORRUPT', { store, reason, backup }, thrown);
    }
    case 'READONLY':
      return storeErrors.create(
        'DS_STORE_READONLY',
        { store, reason: whyReadonly(store, thrown) },
        thrown,
      );
    case 'CANTOPEN':
    case 'IOERR':
    case 'PERM':
      return explainAccess(store, thrown);
    default:
      return undefined;
  }
}

/** What it means that a file of the store could not be made or written; anything else stays as it is. */
export function explainWriting(thrown: unknown, store: string): unknown {
  const error = isDevServicesError(thrown) ? thrown.cause : thrown;
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) {
    return storeErrors.create('DS_STORE_FULL', { store, reason: fileReason(error) }, error);
  }
  if (isErrno(error, 'EROFS', 'EACCES', 'EPERM')) {
    return storeErrors.create('DS_STORE_READONLY', { store, reason: fileReason(error) }, error);
  }
  return explainSqlite(thrown, { file: store, busyTimeoutMs: 0 }) ?? thrown;
}

/** Whether another process is writing, or was at that moment. */
export function isBusy(thrown: unknown): boolean {
  return codeOf(thrown)?.startsWith('SQLITE_BUSY') === true;
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code, rawCode } = thrown as { code?: unknown; rawCode?: unknown };
  // libsql has names for some kinds only; the kind of a kind is in the lowest byte.
  const known = typeof rawCode === 'number' ? kinds[rawCode & 0xff] : undefined;
  if (known !== undefined) return `SQLITE_${known}`;
  if (typeof code === 'string') return code.startsWith('SQLITE_') ? code : undefined;
  // What libsql says where it could not open the file at all.
  return thrown.message.startsWith('ConnectionFailed(') ? 'SQLITE_CANTOPEN' : undefined;
}

function explainAccess(store: string, thrown: unknown): DevServicesError {
  const refusal = refusalOf(store);
  if (refusal !== undefined) {
    return storeErrors.create('DS_STORE_READONLY', { store, reason: refusal }, thrown);
  }
  if (isFull(dirname(store))) {
    return storeErrors.create('DS_STORE_FULL', { store, reason: 'the disk is full' }, thrown);
  }
  const reason = reasonOf(thrown);
  return stateErrors.create('DS_STATE_UNREADABLE', { path: store, reason }, thrown);
}

/** Beside the file SQLite keeps an index of 32 KiB, and says of a disk without room for it only that it failed. */
function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}

function whyReadonly(store: string, thrown: unknown): string {
  // Where nothing refuses now, the file that is open is not the one that is there.
  return refusalOf(store) ?? `it was moved or replaced meanwhile (${reasonOf(thrown)})`;
}

/** What keeps this user from writing the file, or beside it. */
function refusalOf(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'r+'));
    accessSync(dirname(file), constants.W_OK);
    return undefined;
  } catch (error) {
    return fileReason(error);
  }
}
