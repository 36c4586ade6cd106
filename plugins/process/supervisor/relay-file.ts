import { join } from 'node:path';
import { rmSync } from 'node:fs';
import {
  ensurePrivateFolder,
  loadStateFile,
  parseObject,
  replaceStateFile,
} from 'devservices/machine';
import type { Relay } from 'devservices/runner';
import type { ProcessPlaces } from '../record/process-record.ts';

/** The relays that a supervisor before this one had. A file that cannot be read holds none. */
export function readRelays(places: ProcessPlaces): readonly Relay[] {
  const relays = parseObject(loadStateFile(fileOf(places)) ?? '{}')?.['relays'];
  return Array.isArray(relays) ? (relays as readonly Relay[]) : [];
}

/** Remembers the relays that there are; without any there is no file. */
export function writeRelays(places: ProcessPlaces, relays: readonly Relay[]): void {
  if (relays.length === 0) return rmSync(fileOf(places), { force: true });
  ensurePrivateFolder(places.folder);
  replaceStateFile(fileOf(places), JSON.stringify({ v: 1, relays }));
}

// Without the ending of records: a service may have this name.
const fileOf = ({ folder }: ProcessPlaces): string => join(folder, 'relays');
