import { join } from 'node:path';

import type { Checkout } from './checkout.ts';
import { isObject, loadStateFile, parseObject, replaceStateFile } from './state-file.ts';

type Folder = Pick<Checkout, 'stateFolder'>;

/** What was seen done in a project, so that it need not be done or looked at again. */
export interface ReadyRecords {
  /** Service → the generation of its instance that was seen ready. */
  ready: Map<string, string>;
  /** `onReady` step → hash of its inputs when it last succeeded. */
  inputs: Map<string, string>;
}

/** The records of a project; damaged ones count as none, since all of it can be found out again. */
export function readReadyRecords(checkout: Folder, project: string): ReadyRecords {
  const record = loadAll(checkout).get(project);
  return { ready: textsOf(record?.['ready']), inputs: textsOf(record?.['inputs']) };
}

/**
 * Replaces the records of a project; writes only if they differ. The caller holds the checkout's lock.
 * Throws DS_STATE_UNWRITABLE.
 */
export function writeReadyRecords(checkout: Folder, project: string, records: ReadyRecords): void {
  const all = loadAll(checkout);
  const before = JSON.stringify(Object.fromEntries(all));
  if (records.ready.size + records.inputs.size === 0) all.delete(project);
  else {
    const [ready, inputs] = [records.ready, records.inputs].map(sorted);
    all.set(project, { ready, inputs });
  }
  const after = JSON.stringify(Object.fromEntries(all));
  if (after !== before) replaceStateFile(pathIn(checkout), `${after}\n`);
}

function loadAll(checkout: Folder): Map<string, Readonly<Record<string, unknown>>> {
  const text = loadStateFile(pathIn(checkout));
  const found = Object.entries((text === undefined ? undefined : parseObject(text)) ?? {});
  return new Map(found.flatMap(([project, value]) => (isObject(value) ? [[project, value]] : [])));
}

function pathIn(checkout: Folder): string {
  return join(checkout.stateFolder, 'ready.json');
}

function textsOf(value: unknown): Map<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

function sorted(texts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...texts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
