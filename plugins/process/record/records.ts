import { readdirSync, rmSync } from 'node:fs';
import {
  ensurePrivateFolder,
  fileReason,
  isErrno,
  loadStateFile,
  replaceStateFile,
  stateErrors,
} from 'devservices/machine';
import { parseRecord } from './parse-record.ts';
import { recordEnding } from './places.ts';
import type { ProcessPlaces, ProcessRecord } from './process-record.ts';

export { generationOf, statusOf, toInstance } from './instance-of.ts';

/**
 * What is remembered of a project's processes, by service. Throws DS_STATE_CORRUPT and DS_STATE_NEWER
 * naming the file, DS_STATE_UNREADABLE.
 */
export function readRecords(places: ProcessPlaces): readonly ProcessRecord[] {
  return listServices(places.folder)
    .map((service) => readRecord(places, service))
    .filter((record) => record !== undefined);
}

/** What is remembered of one service; undefined where nothing is. Throws what `readRecords` throws. */
export function readRecord(places: ProcessPlaces, service: string): ProcessRecord | undefined {
  const path = places.record(service);
  const text = loadStateFile(path);
  return text === undefined ? undefined : parseRecord(text, { path, service });
}

/**
 * Replaces what is remembered of a service, whole. Throws DS_STATE_UNWRITABLE, which leaves what was
 * there, and DS_STATE_FOREIGN.
 */
export function writeRecord(places: ProcessPlaces, record: ProcessRecord): void {
  ensurePrivateFolder(places.folder);
  replaceStateFile(places.record(record.target.service), JSON.stringify(record));
}

/** Forgets a service, not its logs. Throws DS_STATE_UNWRITABLE. */
export function removeRecord(places: ProcessPlaces, service: string): void {
  const path = places.record(service);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}

// What else is in the folder begins with a dot or is no service's name: relays, logs, prepared files.
function listServices(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(recordEnding))
      .map((name) => name.slice(0, -recordEnding.length))
      .filter((service) => /^[a-z0-9][a-z0-9_-]*$/i.test(service))
      .toSorted();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw stateErrors.create(
      'DS_STATE_UNREADABLE',
      { path: folder, reason: fileReason(error) },
      error,
    );
  }
}
