import type { Instance } from 'devservices/runner';
import { expect, test } from 'vitest';
import {
  type AnsweredStats,
  readContainerStats,
} from '../../../../plugins/docker/runner/container-stats.ts';
import { createDockerRunner } from '../../../../plugins/docker/runner/docker-runner.ts';
import { startFakeEngine } from '../fake-engine.ts';

const machineBytes = 8_000_000_000;
const answered = (more: Partial<AnsweredStats> = {}): AnsweredStats => ({
  read: '2026-01-01T00:00:00.123456789Z',
  cpu_stats: { cpu_usage: { total_usage: 1_250_000_000 } },
  memory_stats: { usage: 5000, limit: machineBytes, stats: { total_inactive_file: 1000 } },
  networks: { eth0: { rx_bytes: 10, tx_bytes: 1 }, eth1: { rx_bytes: 5, tx_bytes: 2 } },
  pids_stats: { current: 4 },
  ...more,
});
const read = (more: Partial<AnsweredStats> = {}) =>
  readContainerStats(answered(more), machineBytes);

test('time of processors in milliseconds, memory without idle pages of files, all networks together', () => {
  expect(read()).toEqual({
    cpuMs: 1250,
    memoryBytes: 4000,
    memoryLimitBytes: null,
    networkReceivedBytes: 15,
    networkSentBytes: 3,
    processes: 4,
  });
});

test.each<[string, AnsweredStats['memory_stats'], number, number | null]>([
  [
    'cgroup v1',
    { usage: 900, limit: 2000, stats: { total_inactive_file: 300, inactive_file: 1 } },
    600,
    2000,
  ],
  ['cgroup v2', { usage: 900, limit: 2000, stats: { inactive_file: 400 } }, 500, 2000],
  [
    'more idle than used, as the two are read one after the other',
    { usage: 900, limit: 2000, stats: { inactive_file: 900 } },
    900,
    2000,
  ],
  ['no details', { usage: 900, limit: 2000, stats: null }, 900, 2000],
  ['a limit beyond what there is', { usage: 900, limit: 9_223_372_036_854_771_712 }, 900, null],
  ['no limit told', { usage: 900 }, 900, null],
  ['a limit of 0', { usage: 900, limit: 0 }, 900, null],
])('memory: %s', (_, memory, memoryBytes, memoryLimitBytes) => {
  expect(read({ memory_stats: memory ?? {} })).toMatchObject({ memoryBytes, memoryLimitBytes });
});

test.each([[undefined], [null], [{}]])('no network of its own: %o', (networks) => {
  const nothing = { networkReceivedBytes: null, networkSentBytes: null };
  const { networks: _, ...rest } = answered();
  const answer = networks === undefined ? rest : { ...rest, networks };
  expect(readContainerStats(answer, machineBytes)).toMatchObject(nothing);
});

test('what does not run uses nothing that could be told', () => {
  expect(read({ read: '0001-01-01T00:00:00Z' })).toBeUndefined();
  expect(read({ memory_stats: {} })).toBeUndefined();
  expect(readContainerStats({}, machineBytes)).toBeUndefined();
  expect(read({ pids_stats: {} })).toMatchObject({ processes: null });
});

test('asks once for each container, and once for the machine; who refuses or is gone has none', async () => {
  const refusals: Readonly<Record<string, number>> = { gone: 404, ended: 409, broken: 500 };
  const fake = await startFakeEngine((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://engine');
    const id = /\/containers\/(\w+)\/stats$/.exec(pathname)?.[1] ?? '';
    if (pathname.endsWith('/info')) response.end(JSON.stringify({ MemTotal: machineBytes }));
    else if (refusals[id]) response.writeHead(refusals[id]).end('{"message":"no"}');
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answered()));
  });
  const runner = createDockerRunner({ engine: fake.url, env: {} });
  const { signal } = new AbortController();
  const stats = (id: string) => runner.stats?.({ id, service: id } as Instance, signal);
  const [a, b] = await Promise.all([stats('a'), stats('b')]);
  expect(a).toEqual(read());
  expect(b).toEqual(read());
  expect(await stats('gone')).toBeUndefined();
  expect(await stats('ended')).toBeUndefined();
  await expect(stats('broken')).rejects.toMatchObject({ code: 'DS_DOCKER_REQUEST_FAILED' });
  await runner.close();
  const asked = fake.requests.filter((line) => !line.includes('_ping'));
  const query = 'stats?stream=false&one-shot=true';
  expect(asked.toSorted()).toEqual([
    ...['a', 'b', 'broken', 'ended', 'gone'].map((id) => `GET /v1.41/containers/${id}/${query}`),
    'GET /v1.41/info',
  ]);
});
