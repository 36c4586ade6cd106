import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  readRecord,
  recordFile,
  removeRecord,
  writeRecord,
} from '../../../../plugins/docker/forwards/forward-record.ts';
import type { ForwardRecord } from '../../../../plugins/docker/forwards/forward-record.ts';

const folder = mkdtempSync(join(tmpdir(), 'ds-record-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'forwards-shop.json');
const record: ForwardRecord = {
  v: 1,
  url: 'ssh://build',
  leader: { pid: 4711, startTicks: '12', bootId: 'b' },
  startedAt: 1,
  forwards: [
    {
      service: 'db',
      here: { host: '127.0.0.1', port: 5432 },
      there: { host: '127.0.0.1', port: 5432 },
    },
  ],
};

test('is read as it was written, in the folder of its checkout', () => {
  expect(readRecord(file)).toBeUndefined();
  writeRecord(file, record);
  expect(readRecord(file)).toEqual(record);
  removeRecord(file);
  removeRecord(file);
  expect(readRecord(file)).toBeUndefined();
  expect(recordFile('/state', { project: 'shop', checkout: 'abc' })).toBe(
    '/state/abc/forwards-shop.json',
  );
});

test('what is not whole is none: nobody is ended for it', () => {
  const text = JSON.stringify(record);
  const damages: string[] = [
    '',
    '[]',
    'null',
    JSON.stringify({ ...record, v: 2 }),
    JSON.stringify({ ...record, leader: { ...record.leader, pid: 1 } }),
    JSON.stringify({ ...record, leader: { ...record.leader, pid: -4711 } }),
    JSON.stringify({ ...record, leader: { pid: 4711 } }),
    JSON.stringify({ ...record, forwards: [{ service: 'db' }] }),
    ...Object.keys(record).map((key) => JSON.stringify({ ...record, [key]: undefined })),
  ];
  for (const damage of damages) {
    writeFileSync(file, damage);
    expect(readRecord(file), damage).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), (length) => {
      writeFileSync(file, text.slice(0, length));
      expect(readRecord(file)).toBeUndefined();
    }),
    { seed: 8, numRuns: 50 },
  );
});
