import { expect, test } from 'vitest';
import type { Service } from '../../../core/service/service.ts';
import { codesOf, column, image, messages } from '../../rig/kernel.ts';
import { away, db, done, local, next, open, pinOf, services, toggle } from './toggle-host.ts';

test('what runs moves: dependants follow where its address changed for them, nothing else is touched', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  host.runner.addData({ service: 'db', name: 'shop_db_data' });
  const before = new Map([...host.runner.instances, ...processes.instances]);
  const [fromContainers, fromProcesses] = [host.runner.calls.length, processes.calls.length];
  const second = await next(host);
  const { services: rows, errors } = await toggle(second, 'local');
  expect(errors).toEqual([]);
  expect(rows).toMatchObject({
    db: { action: 'recreated', state: 'ready', runner: 'local', reason: { code: 'run-changed' } },
    inside: { action: 'recreated', reason: { code: 'changed' } },
    beside: { action: 'unchanged', state: 'ready' },
    other: { state: 'skipped', reason: { code: 'not-named' } },
  });
  expect(done(host.runner.calls, fromContainers)).toEqual([
    'stop db',
    'remove db',
    'prepare inside',
    'start inside',
  ]);
  expect(done(processes.calls, fromProcesses)).toEqual(['prepare db', 'start db']);
  expect(processes.instances.get('beside')).toEqual(before.get('beside'));
  expect(host.runner.instances.get('other')).toEqual(before.get('other'));
  expect(pinOf(second)).toBe('local');
  expect(messages(second).slice(-2)).toEqual([
    'db runs by "local" in this checkout from now on.',
    'The data of "docker" is left where it is: shop_db_data. `devservices toggle db docker` goes back to it.',
  ]);
  const third = await next(second);
  const again = await third.up();
  expect(new Set(Object.values(column(again, 'action')))).toEqual(new Set(['unchanged']));
  expect(column(again, 'runner')).toMatchObject({ db: 'local' });
  await third.host.close();
});

test('a way forth and back: each time the same dependants, and at the end all is as it was', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  const second = await next(host);
  await toggle(second, 'local');
  const third = await next(second);
  const { services: rows } = await toggle(third, 'docker');
  expect(column({ services: rows }, 'action')).toMatchObject({
    db: 'recreated',
    inside: 'recreated',
    beside: 'unchanged',
  });
  expect([...host.runner.instances.keys()].toSorted()).toEqual(['db', 'inside', 'other']);
  expect([...processes.instances.keys()]).toEqual(['beside']);
  await third.host.close();
});

test('pinned and running already: unchanged, and nothing is asked of it', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  const from = [host.runner.calls.length, processes.calls.length];
  const second = await next(host);
  const { services: rows, errors } = await toggle(second, 'docker');
  expect({ rows, errors }).toMatchObject({
    errors: [],
    rows: {
      db: { action: 'unchanged', runner: 'docker', reason: { text: 'running and unchanged' } },
    },
  });
  expect(done(host.runner.calls, from[0])).toEqual([]);
  expect(done(processes.calls, from[1])).toEqual([]);
  await second.host.close();
});

test('nothing of it runs: it is only pinned, and the next up uses it', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  await host.host.down({ services: ['db'] });
  const second = await next(host);
  const from = processes.calls.length;
  const { services: rows } = await toggle(second, 'local');
  expect(rows['db']).toMatchObject({ action: 'unchanged', state: 'stopped', runner: 'local' });
  expect(done(processes.calls, from)).toEqual([]);
  expect(messages(second)).toContain(
    'db runs by "local" in this checkout from the next `devservices up` on.',
  );
  const third = await next(second);
  expect(column(await third.up(), 'runner')).toMatchObject({ db: 'local' });
  await third.host.close();
});

test('pinned already, and nothing of it runs: said, and nothing is started', async () => {
  const { host, processes } = open();
  await using _ = host;
  await toggle(host, 'local');
  const second = await next(host);
  expect((await toggle(second, 'local')).services['db']).toMatchObject({ state: 'stopped' });
  expect(messages(second)).toEqual(['db runs by "local" in this checkout already.']);
  expect(done(processes.calls)).toEqual([]);
  await second.host.close();
});

test('its one-shots run again on what may be empty, before who waits for them', async () => {
  const { host, processes } = open({
    ...services,
    migrate: { run: local, dependsOn: ['db'] },
    api: { run: image(), dependsOn: { db: 'ready', migrate: 'completed' } },
  });
  await using _ = host;
  processes.exit('migrate', 0);
  await host.up();
  const second = await next(host);
  const from = processes.calls.length;
  processes.exit('migrate', 0);
  const { services: rows } = await toggle(second, 'local');
  expect(column({ services: rows }, 'action')).toMatchObject({
    migrate: 'started',
    api: 'recreated',
  });
  expect(done(processes.calls, from)).toEqual(['prepare db', 'start db', 'start migrate']);
  const order = second.events.flatMap((event) =>
    event.event === 'service-state' ? `${event.service} ${event.state}` : [],
  );
  expect(order.indexOf('api starting')).toBeGreaterThan(order.indexOf('migrate completed'));
  await second.host.close();
});

test('a step with inputs is done once for each run, as each has data of its own', async () => {
  const steps: string[] = [];
  const stepping: Service = {
    ...db,
    onReady: {
      inputs: ['*.sql'],
      run: async ({ environment }) => void steps.push(environment['DATABASE_URL'] ?? ''),
    },
  };
  const { host } = open({ db: stepping });
  await using _ = host;
  await host.up();
  let now = await next(host);
  await toggle(now, 'local');
  expect(steps).toHaveLength(2);
  now = await next(now);
  await toggle(now, 'docker');
  expect(steps).toHaveLength(2);
  await now.host.close();
});

test('what else changed meanwhile is left for the next up, and what is stopped stays so', async () => {
  const { host } = open({
    ...services,
    cache: { run: image() },
    inside: { run: image(), dependsOn: ['db', 'cache'] },
  });
  await using _ = host;
  await host.up();
  await host.host.down({ services: ['cache', 'other'] });
  const second = await next(host);
  await toggle(second, 'local');
  expect([...host.runner.instances.keys()]).toEqual(['inside']);
  await second.host.close();
});

test('the runs of a service are listed with the pinned one and why one is away', async () => {
  const { host, processes } = open();
  await using _ = host;
  processes.setAvailable(away);
  await host.host.configure();
  expect(await host.host.runs('db')).toEqual({
    service: 'db',
    pinned: null,
    runs: {
      docker: { kind: 'container', isPinned: false, isAvailable: true },
      local: { kind: 'process', isPinned: false, isAvailable: false, reason: 'No engine answers.' },
    },
  });
  await toggle(host, 'docker');
  expect((await host.host.runs('db')).pinned).toBe('docker');
  expect(await codesOf(host.host.runs('bd'))).toEqual(['DS_SERVICE_UNKNOWN']);
});
