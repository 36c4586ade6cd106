import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock as clock } from '../../../../core/clock.ts';
import { openAlone } from '../../../../plugins/control-api/server/serve-record.ts';

test('the second is told where the first is; once that is closed, the next takes its place', async () => {
  const folder = makeFolder();
  const first = await openAlone({ folder, clock, open: server });
  const second = openAlone({ folder, clock, open: () => Promise.reject(new Error('opened')) });
  await expect(second).rejects.toMatchObject({
    code: 'DS_API_SERVED_ALREADY',
    facts: { url: 'http://127.0.0.1:1', pid: process.pid },
  });
  first.forget();
  expect(readdirSync(folder)).not.toContain('serve.json');
  (await openAlone({ folder, clock, open: server })).forget();
});

test('what it writes is for this user only, and has no token', async () => {
  const folder = makeFolder();
  const { forget } = await openAlone({ folder, clock, open: server });
  onTestFinished(forget);
  const path = join(folder, 'serve.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const keys = Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object).toSorted();
  expect(keys).toEqual(['bootId', 'pid', 'since', 'startTicks', 'url']);
});

const others: [string, string][] = [
  ['of a process that is gone', JSON.stringify({ ...gone(), url: 'http://127.0.0.1:1', since: 1 })],
  [
    'of another process with the same number',
    JSON.stringify({ ...gone(), pid: process.pid, url: 'http://127.0.0.1:1', since: 1 }),
  ],
  ['that was cut in the middle', '{"pid":1,"sta'],
  ['that is empty', ''],
];

test.each(others)('a record %s is taken over', async (_, text) => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'serve.json'), text);
  const { server: opened, forget } = await openAlone({ folder, clock, open: server });
  expect(opened.url).toBe('http://127.0.0.1:1');
  forget();
});

test('what cannot be opened leaves no record', async () => {
  const folder = makeFolder();
  const failing = openAlone({ folder, clock, open: () => Promise.reject(new Error('no port')) });
  await expect(failing).rejects.toThrow('no port');
  expect(readdirSync(folder)).toEqual([]);
});

test('a server that cannot be written down is closed again', async () => {
  const folder = makeFolder();
  let isClosed = false;
  const failing = openAlone({
    folder,
    clock,
    open: async () => {
      rmSync(folder, { recursive: true });
      return { url: 'http://127.0.0.1:1', close: async () => void (isClosed = true) };
    },
  });
  await expect(failing).rejects.toMatchObject({ code: 'DS_STATE_UNWRITABLE' });
  expect(isClosed).toBe(true);
});

const server = async () => ({ url: 'http://127.0.0.1:1', close: async () => {} });

function gone() {
  return { pid: 2 ** 22 + 1, startTicks: '1', bootId: 'another' };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ds-serve-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
