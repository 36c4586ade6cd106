import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DevServicesEvent } from '../../../core/events.ts';
import { readJournal } from '../../../core/journal-reader.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { secret } from '../../../core/secret.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { image } from '../../rig/kernel.ts';

const pathOf = ({ root, host }: TestHost) =>
  join(root, '.state', 'devservices', host.project.checkout, 'events.ndjson');

const spy = definePlugin({
  name: 'spy',
  setup({ hooks, log }) {
    hooks.configure.tap('spy', () => log.info('before there is a journal'));
    hooks.serviceReady.for('db').tap('spy', ({ endpoints }) => log.info(JSON.stringify(endpoints)));
  },
});

const open = (onReady: () => void = () => {}) =>
  createTestHost({
    config: {
      plugins: [spy],
      services: {
        db: {
          run: image({ environment: { PASSWORD: secret('hunter2hunter2') } }),
          exports: { URL: 'postgres://me:hunter2hunter2@db/app' },
          onReady,
        },
        api: { run: image(), dependsOn: ['db'] },
      },
    },
  });

test('an up and a down: every phase has a start and an end, and the journal is what was told', async () => {
  await using host = open();
  await host.up();
  await host.host.down({});
  const lines = readFileSync(pathOf(host), 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as DevServicesEvent);
  expect(events).toEqual(host.events);
  const openPhases = new Map<string, number>();
  const seen = new Set<string>();
  for (const event of events) {
    if (!('phase' in event)) continue;
    const key = `${event.phase} ${event.service ?? ''}`.trim();
    const count = openPhases.get(key) ?? 0;
    openPhases.set(key, count + (event.event === 'phase-started' ? 1 : -1));
    expect(openPhases.get(key)).toBeGreaterThanOrEqual(0);
    seen.add(key);
  }
  expect([...openPhases.values()].every((count) => count === 0)).toBe(true);
  for (const phase of [
    'load',
    'validate',
    'configure',
    'initialize',
    'lock',
    'plan',
    'start',
    'prepare db',
    'ready db',
    'on-ready db',
    'ready api',
    'down',
  ]) {
    expect(seen).toContain(phase);
  }
});

test('a failed step ends its phases too, as not ok', async () => {
  await using host = open(() => {
    throw new Error('no');
  });
  await host.up();
  const ended = host.events.flatMap((event) =>
    event.event === 'phase-ended' && !event.ok
      ? `${event.phase} ${event.service ?? ''}`.trim()
      : [],
  );
  expect(ended).toEqual(['on-ready db', 'start']);
});

test('ids are byte offsets, and every event carries time and project', async () => {
  await using host = open();
  await host.up();
  const bytes = readFileSync(pathOf(host));
  for await (const { id, event } of readJournal(pathOf(host), {})) {
    const line = bytes.subarray(id, bytes.indexOf(10, id)).toString();
    expect(JSON.parse(line)).toEqual(event);
    expect(Number.isNaN(Date.parse(event.at))).toBe(false);
  }
  const late = host.events.filter(({ project }) => project === host.host.project.project);
  expect(late.length).toBeGreaterThan(10);
});

test('nothing secret is in it', async () => {
  await using host = open(() => {
    throw new Error('cannot log in with hunter2hunter2');
  });
  await host.up();
  const text = readFileSync(pathOf(host), 'utf8');
  expect(text).not.toContain('hunter2');
  expect(text).toContain('[redacted]');
});

test('a closed host leaves no file open and writes no more', async () => {
  await using host = open();
  await host.up();
  await host.host.close();
  const before = readFileSync(pathOf(host), 'utf8');
  host.host.log.info('too late');
  expect(readFileSync(pathOf(host), 'utf8')).toBe(before);
});

test('tasks that only look write nothing', async () => {
  await using host = open();
  await host.host.status();
  await host.host.plugins();
  await host.host.explain();
  expect(() => readFileSync(pathOf(host))).toThrow('ENOENT');
});

test('the token of a server is told once, and is neither in the journal nor in later lines', async () => {
  const token = 'c2VydmVyLXRva2Vu';
  await using host = createTestHost({
    config: {
      services: { db: { run: image({ environment: { TOKEN: secret(token) } }) } },
    },
  });
  await host.up();
  const url = 'http://127.0.0.1:4711/';
  host.host.events.emit({ event: 'serving', url, token });
  host.host.log.info(`it is ${token}`);
  expect(host.events.filter(({ event }) => event === 'serving')).toMatchObject([{ url, token }]);
  const text = readFileSync(pathOf(host), 'utf8');
  expect(text).toContain(`"event":"serving","url":"${url}"`);
  expect(text).toContain('it is [redacted]');
  expect(text).not.toContain(token);
  expect(host.host.redact(`Bearer ${token}`)).toBe('Bearer [redacted]');
});
