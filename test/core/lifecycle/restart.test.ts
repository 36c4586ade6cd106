import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { asError } from '../../../core/errors/as-error.ts';
import type { TaskOutcome } from '../../../core/lifecycle/up.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, column, image, messages, saw } from '../../rig/kernel.ts';

const config: Config = {
  services: {
    db: { run: image() },
    api: { run: image(), dependsOn: ['db'] },
    web: { run: image(), dependsOn: { api: { condition: 'ready', restart: true } } },
  },
};

async function afterUp(given: Config = config): Promise<TestHost> {
  const first = createTestHost({ config: given });
  await first.up();
  await first.host.close();
  return first.again();
}

const restart = (host: TestHost, ...names: string[]): Promise<TaskOutcome> =>
  host.up({ restart: names });

const done = (host: TestHost, from: number) =>
  host.runner.calls.slice(from).filter((call) => /^(prepare|start|stop|remove) /.test(call));

const ids = ({ runner }: TestHost) => [...runner.instances.values()].map(({ id }) => id);

test('all that run stop before what they need, and start after it, the same ones', async () => {
  await using host = await afterUp();
  const [before, from] = [ids(host), host.runner.calls.length];
  const outcome = await restart(host);
  expect(done(host, from)).toEqual([
    'stop web',
    'stop api',
    'stop db',
    'start db',
    'start api',
    'start web',
  ]);
  expect(ids(host)).toEqual(before);
  expect(column(outcome, 'action')).toEqual({ db: 'started', api: 'started', web: 'started' });
  expect(column(outcome, 'state')).toEqual({ db: 'ready', api: 'ready', web: 'ready' });
  expect(outcome.services['db']?.reason).toEqual({ code: 'restarted', text: 'restarted' });
});

test('a named one restarts alone; who follows it restarts as well', async () => {
  await using host = await afterUp();
  const from = host.runner.calls.length;
  const outcome = await restart(host, 'api');
  expect(done(host, from)).toEqual(['stop web', 'stop api', 'start api', 'start web']);
  expect(column(outcome, 'action')).toEqual({ db: 'unchanged', api: 'started', web: 'started' });
  await using alone = await afterUp();
  const later = alone.runner.calls.length;
  await restart(alone, 'db');
  expect(done(alone, later)).toEqual(['stop db', 'start db']);
});

test('who follows and does not run stays as it is', async () => {
  await using host = await afterUp();
  host.runner.vanish('web');
  const from = host.runner.calls.length;
  await restart(host, 'api');
  expect(done(host, from)).toEqual(['stop api', 'start api']);
});

test('what a named one needs only has to run: it is started where it does not, and not changed', async () => {
  await using host = await afterUp();
  host.runner.change('db', { status: 'exited', exitCode: 1 });
  const from = host.runner.calls.length;
  await restart(host, 'web');
  expect(done(host, from)).toEqual(['stop web', 'start db', 'start web']);

  const changed = host.again({
    services: { ...config.services, db: { run: image({ image: 'y' }) } },
  });
  const later = host.runner.calls.length;
  const { services } = await restart(changed, 'api');
  expect(done(host, later)).toEqual(['stop web', 'stop api', 'start api', 'start web']);
  expect(services['db']).toMatchObject({
    action: 'unchanged',
    reason: { text: 'running; image changed, which up applies' },
  });
  await changed.host.close();
});

test('a named one that does not run is started, and a changed one made anew, with the reason', async () => {
  await using host = await afterUp();
  host.runner.change('db', { status: 'exited', exitCode: 1 });
  const started = await restart(host, 'db');
  expect(started.services['db']).toMatchObject({
    action: 'started',
    reason: { code: 'not-running', text: 'ended with exit code 1' },
  });
  const changed = host.again({
    services: { ...config.services, db: { run: image({ image: 'y' }) } },
  });
  const made = await restart(changed, 'db');
  expect(made.services['db']).toMatchObject({
    action: 'recreated',
    reason: { code: 'changed', text: 'image changed' },
  });
  await changed.host.close();
});

test('a named one-shot runs again, one that others need does not', async () => {
  const given: Config = {
    services: {
      migrate: { run: image() },
      api: { run: image(), dependsOn: { migrate: 'completed' } },
    },
  };
  const first = createTestHost({ config: given });
  first.runner.exit('migrate', 0);
  await first.up();
  await first.host.close();
  await using host = first.again();
  const from = host.runner.calls.length;
  await restart(host, 'api');
  expect(done(host, from)).toEqual(['stop api', 'start api']);
  const again = host.again();
  host.runner.exit('migrate', 0);
  const later = host.runner.calls.length;
  const { services } = await restart(again, 'migrate');
  expect(done(host, later)).toEqual(['start migrate']);
  expect(services['migrate']).toMatchObject({ state: 'completed', reason: { code: 'restarted' } });
  await again.host.close();
});

test('healthy before is not healthy again, and unhealthy before fails nothing', async () => {
  for (const health of ['healthy', 'unhealthy'] as const) {
    const given: Config = { services: { db: { run: image(), ready: { kind: 'healthcheck' } } } };
    const first = createTestHost({ config: given });
    const up = first.up();
    await saw(first, 'running db');
    first.runner.report('db', 'healthy');
    await up;
    await first.host.close();
    await using host = first.again();
    host.runner.report('db', health);
    const restarted = restart(host, 'db');
    await saw(host, 'running db');
    await new Promise((resolve) => setImmediate(resolve));
    expect(host.events.filter(({ event }) => event === 'service-state').at(-1)).toMatchObject({
      state: 'running',
    });
    host.runner.report('db', 'healthy');
    expect((await restarted).services['db']?.state).toBe('ready');
  }
});

test('hooks of readiness run again, and those after health', async () => {
  const seen: string[] = [];
  const plugin = definePlugin({
    name: 'watcher',
    setup({ hooks }) {
      hooks.serviceReady.for('db').tap('watcher', () => void seen.push('ready db'));
      hooks.afterHealth.tap('watcher', () => void seen.push('health'));
    },
  });
  await using host = await afterUp({ ...config, plugins: [plugin] });
  seen.length = 0;
  await restart(host, 'db');
  expect(seen).toEqual(['ready db', 'health']);
});

test('unknown names are told before anything stops; nothing running is said, and no error', async () => {
  await using host = await afterUp();
  const from = host.runner.calls.length;
  expect(await codesOf(restart(host, 'dbb'))).toEqual(['DS_SERVICE_UNKNOWN']);
  expect(done(host, from)).toEqual([]);
  await using none = createTestHost({ config });
  const { services, errors } = await restart(none);
  expect([...new Set(Object.values(column({ services }, 'action')))]).toEqual(['skipped']);
  expect(errors).toEqual([]);
  expect(done(none, 0)).toEqual([]);
  expect(messages(none)).toContain('Nothing runs that could be restarted.');
});

test('one that cannot be stopped ends it before anything is started', async () => {
  await using host = await afterUp();
  const from = host.runner.calls.length;
  host.runner.failOn('stop api', asError(new Error('stuck')));
  expect(await codesOf(restart(host))).toHaveLength(1);
  expect(done(host, from)).toEqual(['stop web', 'stop api']);
});

test('interrupted between stop and start: the next up starts what was stopped', async () => {
  const control = new AbortController();
  await using host = await afterUp();
  const cut = host.again(config, { signal: control.signal });
  host.runner.holdOn('start db');
  const restarted = codesOf(restart(cut));
  await saw(cut, 'starting db');
  control.abort(new Error('Ctrl-C'));
  expect(await restarted).toEqual(['Error: Ctrl-C']);
  await cut.host.close();
  const before = ids(host);
  host.runner.holdOn('start db')();
  const { services } = await host.up();
  expect(column({ services }, 'state')).toEqual({ db: 'ready', api: 'ready', web: 'ready' });
  expect(ids(host)).toEqual(before);
});
