import { fileReason, stateErrors } from 'devservices/machine';
import {
  chmodSync,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { storeErrors } from '../errors.ts';

/** Stands in the file's header and says that it is a store of ours. */
export const applicationId = 0x64737673;

/** Of the file as a whole: grows where an older version could not read it any more. */
export const formatVersion = 1;

/**
 * Whether the store is there. A file that nothing was ever written to counts as not there: a first start
 * ended before its end. Looks at the first bytes only, by itself: to open a database changes it.
 *
 * Throws DS_STORE_FOREIGN, DS_STORE_CORRUPT, DS_STORE_NEWER, DS_STATE_UNREADABLE.
 */
export function isMade(file: string): boolean {
  const found = look(file);
  if (!found) return false;
  assertOwnFile(file, found);
  const header = readHeader(file);
  if (header.length === 0) return false;
  if (header.length < headerBytes || header.toString('latin1', 0, 16) !== magic) {
    throw notSqlite(file);
  }
  if (header.readUInt32BE(68) !== applicationId) {
    if (isEmptyDatabase(header) && !hasJournal(file)) return false;
    throw storeErrors.create('DS_STORE_FOREIGN', {
      path: file,
      what: 'is a database of another program',
    });
  }
  assertFormat(file, header.readUInt32BE(60));
  if ((found.mode & 0o077) !== 0) chmodSync(file, 0o600);
  return true;
}

/** Throws DS_STORE_NEWER. */
export function assertFormat(file: string, version: number): void {
  if (version <= formatVersion) return;
  throw storeErrors.create('DS_STORE_NEWER', {
    store: file,
    what: `has format ${version}`,
  });
}

/** The newest backup beside the store, or undefined. */
export function findBackups(file: string): string[] {
  const start = `${basename(file)}.backup-`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(start))
    .toSorted()
    .toReversed()
    .map((name) => join(dirname(file), name));
}

/** An SQLite database begins with these. */
const magic = 'SQLite format 3\0';

// The header of the file, and of the page that lists its tables.
const headerBytes = 108;

function look(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(file, error);
  }
}

function assertOwnFile(path: string, found: Stats): void {
  const uid = process.getuid?.();
  const what = found.isSymbolicLink()
    ? 'is a link'
    : found.isDirectory()
      ? 'is a folder'
      : !found.isFile()
        ? 'is no file'
        : uid !== undefined && found.uid !== uid
          ? `belongs to user ${found.uid}`
          : undefined;
  if (what !== undefined) throw storeErrors.create('DS_STORE_FOREIGN', { path, what });
}

function readHeader(file: string): Buffer {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const header = Buffer.alloc(headerBytes);
      return header.subarray(0, readSync(descriptor, header, 0, headerBytes, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

function notSqlite(file: string) {
  const [backup] = findBackups(file);
  // Without one, nothing says that it ever was a store.
  return backup === undefined
    ? storeErrors.create('DS_STORE_FOREIGN', { path: file, what: 'is no SQLite database' })
    : storeErrors.create('DS_STORE_CORRUPT', {
        store: file,
        reason: 'it is no SQLite database any more',
        backup,
      });
}

/** Without an owner and without a table: the list of tables is one leaf that nothing stands in. */
function isEmptyDatabase(header: Buffer): boolean {
  return header.readUInt32BE(68) === 0 && header[100] === 0x0d && header.readUInt16BE(103) === 0;
}

function hasJournal(file: string): boolean {
  return ['-wal', '-journal'].some(
    (end) => (statSync(`${file}${end}`, { throwIfNoEntry: false })?.size ?? 0) > 0,
  );
}

function unreadable(path: string, error: unknown) {
  return stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
}
