import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import type { Losses } from '../../../core/lifecycle/remove-services.ts';
import type { LogLine } from '../../../core/run/runner.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, thrownBy } from '../../rig/kernel.ts';

const config: Config = {
  services: { db: { run: image() }, api: { run: image(), dependsOn: ['db'] } },
};
const yes = async () => true;

async function afterUp(given: Config = config): Promise<TestHost> {
  const first = createTestHost({ config: given });
  await first.up();
  first.runner.addData({ service: 'db', name: 'shop_data' });
  await first.host.close();
  return first.again();
}

test('reset names what is lost, removes it, and forgets', async () => {
  await using host = await afterUp();
  let losses: Losses | undefined;
  const outcome = await host.host.reset({
    async confirm(given) {
      losses = given;
      return true;
    },
  });
  expect(losses).toMatchObject({
    services: ['db', 'api'],
    data: [{ kind: 'container', service: 'db', name: 'shop_data' }],
  });
  expect(column(outcome, 'action')).toEqual({ db: 'removed', api: 'removed' });
  expect(host.runner.instances.size).toBe(0);
  expect(host.runner.calls.slice(-2)).toEqual(['remove-data shop_data', 'drop project']);
});

test('reset forgets what was seen, pinned and leased', async () => {
  const [port] = await freePorts(1);
  const given: Config = {
    services: {
      db: { run: { docker: image(), other: image() }, ports: { sql: port } },
    },
  };
  await using host = await afterUp(given);
  await host.host.reset({ confirm: yes });
  const state = join(host.root, '.state', 'devservices');
  const checkout = host.host.project.checkout;
  const files = readdirSync(join(state, checkout)).filter((name) => name.endsWith('.json'));
  const texts = files.map((name) => readFileSync(join(state, checkout, name), 'utf8'));
  expect(texts.join()).not.toContain('db');
  expect(readFileSync(join(state, 'registry.json'), 'utf8')).not.toContain('"db"');
});

test('declined: nothing is touched, exit 1', async () => {
  await using host = await afterUp();
  const before = host.runner.calls.length;
  const error = await thrownBy(host.host.reset({ confirm: async () => false }));
  expect(error['code']).toBe('DS_TASK_DECLINED');
  expect(error['blame']).toBe('outcome');
  expect(host.runner.calls.slice(before)).toEqual(['observe']);
});

test('dryRun tells and does nothing', async () => {
  await using host = await afterUp();
  const before = host.runner.calls.length;
  let told = 0;
  const confirm = async () => ++told > 0;
  expect(await host.host.reset({ dryRun: true, confirm })).toEqual({ services: {}, errors: [] });
  expect(told).toBe(1);
  expect(host.runner.calls.slice(before)).toEqual(['observe']);
});

test('keepVolumes keeps the data, and does not name it as lost', async () => {
  await using host = await afterUp();
  let losses: Losses | undefined;
  await host.host.reset({
    keepVolumes: true,
    async confirm(given) {
      losses = given;
      return true;
    },
  });
  expect(losses?.data).toEqual([]);
  expect(host.runner.calls).not.toContain('remove-data shop_data');
  expect(host.runner.instances.size).toBe(0);
});

test('data whose service could not be stopped stays, and nothing is forgotten', async () => {
  await using host = await afterUp();
  host.runner.failOn('stop db', new Error('stuck'));
  const outcome = await host.host.reset({ confirm: yes });
  expect(outcome.errors).toHaveLength(1);
  expect(host.runner.calls).not.toContain('remove-data shop_data');
});

test('status: what is there, in the rows of up', async () => {
  const [port] = await freePorts(1);
  const given: Config = {
    services: {
      db: { run: image(), ports: { sql: port } },
      api: { run: image(), dependsOn: ['db'] },
      tools: { run: image(), autoStart: false },
    },
  };
  await using host = await afterUp(given);
  const [first, ...others] = await host.host.status();
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    project: host.host.project.project,
    services: {
      db: {
        state: 'ready',
        runner: 'docker',
        endpoints: { sql: { host: '127.0.0.1', port } },
      },
      api: { state: 'ready' },
      tools: { state: 'stopped', reason: { code: 'absent' } },
    },
  });
  host.runner.change('db', { status: 'exited', exitCode: 3 });
  host.runner.change('api', { generation: 'another' });
  const [second] = await host.host.status();
  expect(second?.services).toMatchObject({
    db: { state: 'failed', endpoints: {}, reason: { text: 'ended with exit code 3' } },
    api: { state: 'running' },
  });
  host.runner.change('api', { health: 'unhealthy' });
  expect((await host.host.status())[0]?.services['api']?.state).toBe('unhealthy');
});

test('status names orphans', async () => {
  await using host = await afterUp();
  const less = host.again({ services: { db: { run: image() } } });
  const [found] = await less.host.status();
  expect(found?.services['api']).toMatchObject({ reason: { code: 'orphan' } });
  await less.host.close();
});

const texts = async (lines: AsyncIterable<LogLine>): Promise<string[]> => {
  const all: string[] = [];
  for await (const { service, text } of lines) all.push(`${service} ${text}`);
  return all;
};

test('logs: lines of several services by their time', async () => {
  await using host = await afterUp();
  const write = (service: string, second: number) =>
    host.runner.writeLog(service, `at ${second}`, `2026-01-01T00:00:0${second}Z`);
  write('db', 1);
  write('db', 4);
  write('api', 2);
  write('api', 3);
  write('api', 5);
  expect(await texts(host.host.logs({ services: [], follow: false }))).toEqual([
    'db at 1',
    'api at 2',
    'api at 3',
    'db at 4',
    'api at 5',
  ]);
  expect(await texts(host.host.logs({ services: ['api'], follow: false, tail: 1 }))).toEqual([
    'api at 5',
  ]);
  const error = await thrownBy(texts(host.host.logs({ services: ['dbb'], follow: false })));
  expect(error.message).toContain('Did you mean "db"?');
});

test('logs: followed lines come as they are written, and leaving ends every source', async () => {
  await using host = await afterUp();
  const ended: string[] = [];
  const { logs } = host.runner;
  Object.assign(host.runner, {
    logs: async function* (
      instance: Parameters<typeof logs>[0],
      options: Parameters<typeof logs>[1],
    ) {
      try {
        yield* logs(instance, options);
      } finally {
        ended.push(instance.service);
      }
    },
  });
  const seen: string[] = [];
  host.runner.writeLog('db', 'one');
  for await (const { service, text } of host.host.logs({ services: [], follow: true })) {
    seen.push(`${service} ${text}`);
    if (seen.length === 1) host.runner.writeLog('api', 'two');
    if (seen.length === 2) host.runner.writeLog('db', 'three');
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(['db one', 'api two', 'db three']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(new Set(ended)).toEqual(new Set(['db', 'api']));
});

test('logs: a source that fails while a line is being used is no unhandled rejection', async () => {
  await using host = await afterUp();
  let begin: (cut: () => void) => void = () => {};
  const followed = new Promise<() => void>((resolve) => (begin = resolve));
  const { logs } = host.runner;
  Object.assign(host.runner, {
    logs: async function* (
      instance: Parameters<typeof logs>[0],
      options: Parameters<typeof logs>[1],
    ) {
      if (instance.service === 'db') yield* logs(instance, options);
      else if (options.follow) {
        yield { service: 'api', stream: 'stdout' as const, text: 'one' };
        await new Promise<void>((_, reject) => begin(() => reject(new Error('cut'))));
      }
    },
  });
  const seen: string[] = [];
  const follow = async () => {
    for await (const { text } of host.host.logs({ services: [], follow: true })) {
      seen.push(text);
      (await followed)();
      // Whoever prints may take its time.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  expect((await thrownBy(follow())).message).toBe('cut');
  expect(seen).toEqual(['one']);
});
