import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesOf } from '../../../../plugins/process/record/places.ts';
import type { ProcessPlaces } from '../../../../plugins/process/record/process-record.ts';
import {
  readRecord,
  readRecords,
  removeRecord,
  writeRecord,
} from '../../../../plugins/process/record/records.ts';
import { sampleRecord } from './sample-record.ts';

let home: string;
let places: ProcessPlaces;
const modeOf = (path: string) => statSync(path).mode & 0o777;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ds-records-'));
  const context = { stateHome: join(home, 'state'), runtimeFolder: join(home, 'run') };
  places = placesOf(context, { project: 'shop', checkout: '3f2a9c81d07b' });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('what was written is read again, and nobody else may read it', () => {
  const record = sampleRecord();
  writeRecord(places, record);
  expect(readRecords(places)).toEqual([record]);
  expect(readRecord(places, 'api')).toEqual(record);
  expect(modeOf(places.record('api'))).toBe(0o600);
  expect(modeOf(places.folder)).toBe(0o700);
  expect(modeOf(join(home, 'state'))).toBe(0o700);
});

test('a record is replaced whole, and nothing is left beside it', () => {
  writeRecord(places, sampleRecord({ gaveUp: 'crash loop' }));
  writeRecord(places, sampleRecord());
  expect(readRecord(places, 'api')).toEqual(sampleRecord());
  expect(readdirSync(places.folder)).toEqual(['api.json']);
});

test('where there is nothing, nothing is remembered', () => {
  expect(readRecords(places)).toEqual([]);
  expect(readRecord(places, 'api')).toBeUndefined();
  removeRecord(places, 'api');
  writeRecord(places, sampleRecord());
  removeRecord(places, 'api');
  expect(readRecords(places)).toEqual([]);
});

test('logs, relays and what is being written are no records', () => {
  writeRecord(places, sampleRecord());
  for (const name of ['.relays.json', 'api.log', 'api.log.index', 'api.json.0f.tmp']) {
    writeFileSync(join(places.folder, name), '[]');
  }
  expect(readRecords(places)).toHaveLength(1);
});

test.each([
  ['', 'DS_STATE_CORRUPT'],
  ['{"v":1', 'DS_STATE_CORRUPT'],
  ['[]', 'DS_STATE_CORRUPT'],
  ['{"v":1,"id":"f00d"}', 'DS_STATE_CORRUPT'],
  [JSON.stringify({ ...sampleRecord(), life: { leader: { pid: 'x' } } }), 'DS_STATE_CORRUPT'],
  [JSON.stringify({ ...sampleRecord(), callerEnvironment: null }), 'DS_STATE_CORRUPT'],
  ['{"v":2}', 'DS_STATE_NEWER'],
])('a file that holds %j is an error that names it', (text, code) => {
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  writeFileSync(places.record('api'), text);
  const expected = expect.objectContaining({
    code,
    message: expect.stringContaining(places.record('api')) as string,
  }) as Error;
  expect(() => readRecords(places)).toThrow(expected);
  expect(() => readRecord(places, 'api')).toThrow(expected);
});

test('the record of another service under its name is none', () => {
  writeRecord(places, sampleRecord());
  writeFileSync(places.record('worker'), JSON.stringify(sampleRecord()));
  expect(() => readRecord(places, 'worker')).toThrow(/worker\.json/);
});

test('a record that cannot be written leaves the one that was there', () => {
  writeRecord(places, sampleRecord());
  // A folder under the record's name cannot be replaced by a file, not even by root.
  mkdirSync(places.record('worker'));
  const worker = sampleRecord();
  const unwritable = { ...worker, target: { ...worker.target, service: 'worker' } };
  expect(() => writeRecord(places, unwritable)).toThrow(/worker\.json cannot be written/);
  rmSync(places.record('worker'), { recursive: true });
  expect(readRecords(places)).toEqual([sampleRecord()]);
  expect(readdirSync(places.folder)).toEqual(['api.json']);
});

test('the socket of a checkout is its own, in the folder of sockets, under a short name', () => {
  const context = { stateHome: '/state', runtimeFolder: '/run/user/1000/devservices' };
  const socketOf = (checkout: string) => placesOf(context, { project: 'shop', checkout }).socket;
  expect(socketOf('3f2a9c81d07b')).toMatch(/^\/run\/user\/1000\/devservices\/[0-9a-f]{16}\.sock$/);
  expect(socketOf('3f2a9c81d07b')).not.toBe(socketOf('a0b1c2d3e4f5'));
});
