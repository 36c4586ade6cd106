import { expect, test } from 'vitest';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import type { InstanceStats } from '../../../core/run/runner.ts';
import { image, messages } from '../../rig/kernel.ts';

const usage = (cpuMs: number): InstanceStats => ({
  cpuMs,
  memoryBytes: 1024,
  memoryLimitBytes: null,
  networkReceivedBytes: 10,
  networkSentBytes: 20,
  processes: 3,
});
const services = (...names: string[]) => ({
  services: Object.fromEntries(names.map((name) => [name, { run: image() }])),
});

test('each instance that runs has its figures, with when and of which run they are', async () => {
  await using host = createTestHost({ config: services('db', 'cache', 'ended', 'quiet') });
  await host.up();
  host.runner.setStats('db', usage(1));
  host.runner.setStats('cache', usage(2));
  host.runner.setStats('ended', usage(3));
  host.runner.exit('ended', 0);
  const before = Date.now();
  const stats = await host.host.stats();
  const id = (service: string) => host.runner.instances.get(service)?.id;
  expect(stats).toHaveLength(2);
  expect(stats).toMatchObject([
    { service: 'db', id: id('db'), runner: 'docker', ...usage(1) },
    { service: 'cache', id: id('cache'), runner: 'docker', ...usage(2) },
  ]);
  for (const { at } of stats) expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
});

test('all are asked at once, and one that gives none keeps none from the others; it is said once', async () => {
  await using host = createTestHost({ config: services('db', 'cache', 'slow') });
  await host.up();
  let release = () => {};
  const held = new Promise<InstanceStats>((resolve) => {
    release = () => resolve(usage(1));
  });
  host.runner.setStats('slow', () => held);
  host.runner.setStats('db', async () => {
    throw new Error('the engine is busy');
  });
  // The last to be asked lets the first go on: one after another would never end.
  host.runner.setStats('cache', async () => {
    release();
    return usage(2);
  });
  const names = async () => (await host.host.stats()).map(({ service }) => service).toSorted();
  expect(await names()).toEqual(['cache', 'slow']);
  expect(await names()).toEqual(['cache', 'slow']);
  const said = messages(host).filter((text) => text.includes('the engine is busy'));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^What db uses is not known: /);
});

test('a runner that cannot tell is left out', async () => {
  const runner = createFakeRunner();
  Reflect.deleteProperty(runner, 'stats');
  await using host = createTestHost({ config: services('db'), runner });
  await host.up();
  expect(await host.host.stats()).toEqual([]);
});

test('a host that lives long sees what others did meanwhile', async () => {
  await using long = createTestHost({
    config: { services: { db: { run: { a: image(), b: image({ image: 'y' }) } } } },
  });
  const stateOf = async () => (await long.host.status())[0]?.services['db'];
  expect(await stateOf()).toMatchObject({ state: 'stopped' });
  expect(await long.host.runs('db')).toMatchObject({ pinned: null });

  const other = long.again();
  await other.up();
  expect(await stateOf()).toMatchObject({ state: 'ready', runner: 'a' });
  expect(await long.host.runs('db')).toMatchObject({ pinned: 'a' });
  long.runner.setStats('db', usage(5));
  expect(await long.host.stats()).toMatchObject([{ service: 'db', runner: 'a', cpuMs: 5 }]);

  await other.host.toggle({ service: 'db', key: 'b' });
  expect(await stateOf()).toMatchObject({ state: 'ready', runner: 'b' });
  expect(await long.host.runs('db')).toMatchObject({ pinned: 'b' });

  await other.host.down({});
  await other.host.close();
  expect(await stateOf()).toMatchObject({ state: 'stopped' });
  expect(await long.host.stats()).toEqual([]);
});
