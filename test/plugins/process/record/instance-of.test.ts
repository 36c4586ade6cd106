import { expect, test } from 'vitest';
import { identifyProcess } from '../../../../core/identity/process-identity.ts';
import { generationOf, statusOf, toInstance } from '../../../../plugins/process/record/records.ts';
import { sampleRecord } from './sample-record.ts';

const own = identifyProcess(process.pid) as NonNullable<ReturnType<typeof identifyProcess>>;
const http = { name: 'http', container: 3000, host: 3100, protocol: 'tcp' } as const;

test('a record without a life was only made', () => {
  expect(statusOf(sampleRecord())).toMatchObject({ status: 'created' });
  expect(statusOf(sampleRecord({ life: {} }))).toMatchObject({ status: 'created' });
});

test('a living leader runs, and its ports are reached on loopback', () => {
  const record = sampleRecord({ ports: [http], life: { leader: own, startedAt: 5000 } });
  expect(toInstance(record)).toEqual({
    kind: 'process',
    service: 'api',
    runKey: 'default',
    id: 'f00d',
    generation: `${own.bootId}:${own.pid}:${own.startTicks}`,
    status: 'running',
    spec: { v: 1, fields: {} },
    endpoints: { http: { host: '127.0.0.1', port: 3100 } },
    createdAt: 1000,
    startedAt: 5000,
  });
});

test.each([
  ['is a stranger’s by now', { startTicks: '1' }],
  ['was given on an earlier start of the machine', { bootId: 'before' }],
  ['is nobody’s', { pid: 2 ** 22 + 1 }],
])('a leader whose pid %s has exited, nobody knows how', (_, other) => {
  const life = { leader: { ...own, ...other } };
  const record = sampleRecord({ ports: [http], run: { restart: 'always' }, life });
  const { status, exitCode, endpoints } = toInstance(record);
  expect({ status, exitCode, endpoints }).toEqual({
    status: 'exited',
    exitCode: undefined,
    endpoints: {},
  });
});

test.each([
  ['no', 1, {}, 'exited'],
  ['on-failure', 0, {}, 'exited'],
  ['on-failure', 1, {}, 'restarting'],
  ['on-failure', undefined, {}, 'restarting'],
  ['always', 0, {}, 'restarting'],
  ['unless-stopped', 0, {}, 'restarting'],
  ['always', 1, { isStopped: true }, 'exited'],
  ['always', 1, { gaveUp: 'crash loop' }, 'exited'],
  ['always', 1, { isAttached: true }, 'exited'],
] as const)('%s, ended with %s, %j: %s', (restart, exitCode, rest, status) => {
  const ended = { leader: own, endedAt: 9000, ...(exitCode !== undefined && { exitCode }) };
  const found = statusOf(sampleRecord({ run: { restart }, life: ended, ...rest }));
  expect(found).toEqual({
    status,
    generation: generationOf(own),
    ...(exitCode !== undefined && { exitCode }),
  });
});

test('who was to be started again when the machine was restarted has exited', () => {
  const life = { leader: { ...own, bootId: 'before' }, endedAt: 9000, exitCode: 1 };
  expect(statusOf(sampleRecord({ run: { restart: 'always' }, life })).status).toBe('exited');
});

test('why it was given up is a note, when it was ready is true of one generation', () => {
  const ended = { leader: own, endedAt: 9000, exitCode: 1 };
  expect(toInstance(sampleRecord({ life: ended, gaveUp: 'crash loop' })).note).toBe('crash loop');
  const ready = { life: { leader: own }, readyGeneration: generationOf(own) };
  expect(toInstance(sampleRecord(ready)).isReady).toBe(true);
  expect(toInstance(sampleRecord({ ...ready, readyGeneration: 'before' })).isReady).toBeUndefined();
});
