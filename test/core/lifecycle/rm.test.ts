import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import type { Losses, RemoveOptions } from '../../../core/lifecycle/remove-services.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, column, image, messages, thrownBy } from '../../rig/kernel.ts';

const config: Config = {
  services: {
    db: { run: image() },
    api: { run: image(), dependsOn: ['db'] },
    queue: { run: image() },
  },
};

async function afterUp(given: Config = config): Promise<TestHost> {
  const first = createTestHost({ config: given });
  await first.up();
  first.runner.addData({ service: 'db', name: 'shop_db_data' });
  first.runner.addData({ service: 'queue', name: 'shop_queue_data' });
  await first.host.close();
  return first.again();
}

function rm(host: TestHost, services: readonly string[], more: Partial<RemoveOptions> = {}) {
  const asked: Losses[] = [];
  const confirm = async (losses: Losses) => asked.push(losses) > 0;
  return { asked, outcome: host.host.rm({ services, confirm, ...more }) };
}

const changes = (host: TestHost) =>
  host.runner.calls.filter((call) => /^(stop|remove|remove-data|drop) ?/.test(call));

test('a named service goes with its data, and nothing else does', async () => {
  await using host = await afterUp();
  const { asked, outcome } = rm(host, ['db']);
  expect((await outcome).services).toMatchObject({
    db: { action: 'removed', state: 'stopped', data: ['shop_db_data'] },
  });
  expect(asked).toMatchObject([
    { services: ['db'], data: [{ kind: 'container', service: 'db', name: 'shop_db_data' }] },
  ]);
  expect(changes(host)).toEqual(['stop db', 'remove db', 'remove-data shop_db_data']);
  expect(Object.keys((await outcome).services)).toEqual(['db']);
});

test('unnamed: all services, their data and the network; dependants before what they need', async () => {
  await using host = await afterUp();
  const outcome = await rm(host, []).outcome;
  expect(column(outcome, 'action')).toEqual({ api: 'removed', db: 'removed', queue: 'removed' });
  const calls = changes(host);
  expect(calls.indexOf('remove api')).toBeLessThan(calls.indexOf('stop db'));
  expect(calls.at(-1)).toBe('drop project');
  expect(await host.runner.listData(host.host.project, 'all')).toEqual([]);
});

test('data goes also where its container is gone', async () => {
  await using host = await afterUp();
  host.runner.vanish('db');
  const { services } = await rm(host, ['db']).outcome;
  expect(services['db']).toMatchObject({ action: 'removed', data: ['shop_db_data'] });
  expect(changes(host)).toEqual(['remove-data shop_db_data']);
});

test('data of a service that the configuration forgot is known by its name', async () => {
  await using host = await afterUp();
  host.runner.vanish('queue');
  const less = host.again({ services: { db: { run: image() } } });
  const { services } = await rm(less, ['queue']).outcome;
  expect(services['queue']).toMatchObject({ action: 'removed' });
  await less.host.close();
});

test('unknown names end it before anybody is asked', async () => {
  await using host = await afterUp();
  const { asked, outcome } = rm(host, ['dbb', 'queue']);
  expect((await thrownBy(outcome)).message).toContain('Did you mean "db"?');
  expect([asked, changes(host)]).toEqual([[], []]);
});

test('data that a stranger uses ends it before anything goes, all of it at once', async () => {
  await using host = await afterUp();
  const { listData } = host.runner;
  const stranger = { id: 'x1', name: 'backup' };
  Object.assign(host.runner, {
    listData: async (...args: Parameters<typeof listData>) =>
      (await listData(...args)).map((one) => ({
        ...one,
        users: [{ id: host.runner.instances.get(one.service)?.id ?? '', name: 'own' }, stranger],
      })),
  });
  const { asked, outcome } = rm(host, []);
  expect(await codesOf(outcome)).toEqual(['DS_SERVICE_DATA_IN_USE', 'DS_SERVICE_DATA_IN_USE']);
  const error = await thrownBy(rm(host, ['db']).outcome);
  expect(error.message).toContain('shop_db_data, which holds data of db, is used by backup');
  expect(error['blame']).toBe('environment');
  expect([asked, changes(host)]).toEqual([[], []]);
  await rm(host, ['db'], { keepVolumes: true }).outcome;
  expect(changes(host)).toEqual(['stop db', 'remove db']);
});

test('declined or tried: nothing is touched', async () => {
  await using host = await afterUp();
  const declined = rm(host, ['db'], { confirm: async () => false });
  expect(await codesOf(declined.outcome)).toEqual(['DS_TASK_DECLINED']);
  const tried = rm(host, ['db'], { dryRun: true });
  expect(await tried.outcome).toEqual({ services: {}, errors: [] });
  expect(tried.asked).toHaveLength(1);
  expect(changes(host)).toEqual([]);
});

test('nothing to lose: nobody is asked, and it is no error', async () => {
  await using host = createTestHost({ config });
  const { asked, outcome } = rm(host, ['db']);
  expect((await outcome).services['db']).toMatchObject({ action: 'unchanged', state: 'stopped' });
  expect(asked).toEqual([]);
});

test('who still needs what goes is said, and left alone', async () => {
  await using host = await afterUp();
  await rm(host, ['db']).outcome;
  expect(messages(host)).toContain('api still runs, and needs db.');
  expect(host.runner.instances.has('api')).toBe(true);
  await using both = await afterUp();
  await rm(both, ['db', 'api']).outcome;
  expect(messages(both)).toEqual([]);
});

test('what was done to data that is gone is done again; what is kept is remembered', async () => {
  let migrations = 0;
  const given: Config = {
    services: {
      db: { run: image(), onReady: { run: () => void migrations++, inputs: ['package.json'] } },
    },
  };
  await using host = await afterUp(given);
  await rm(host, ['db'], { keepVolumes: true }).outcome;
  const kept = host.again();
  await kept.up();
  expect(migrations).toBe(1);
  await rm(kept, ['db']).outcome;
  await kept.host.close();
  const anew = host.again();
  await anew.up();
  expect(migrations).toBe(2);
  await anew.host.close();
});

test('hooks around it get the services that go', async () => {
  const seen: unknown[] = [];
  const plugin = definePlugin({
    name: 'watcher',
    setup({ hooks }) {
      hooks.beforeDown.tap('watcher', ({ services }) => void seen.push(['before', services]));
      hooks.afterDown.tap('watcher', ({ services }) => void seen.push(['after', services]));
    },
  });
  await using host = await afterUp({ ...config, plugins: [plugin] });
  await rm(host, ['db']).outcome;
  expect(seen).toEqual([
    ['before', ['db']],
    ['after', ['db']],
  ]);
});

test('with a broken configuration: by labels', async () => {
  await using host = await afterUp();
  const broken = host.again({ services: { db: { dependson: [] } as never } });
  const { services } = await rm(broken, ['db']).outcome;
  expect(services['db']).toMatchObject({ action: 'removed', data: ['shop_db_data'] });
  await broken.host.close();
});
