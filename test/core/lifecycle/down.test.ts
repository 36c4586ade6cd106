import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { DevServicesError } from '../../../core/errors/error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, column, image, messages, thrownBy } from '../../rig/kernel.ts';

const config: Config = {
  services: {
    web: { run: image(), dependsOn: ['api'] },
    api: { run: image(), dependsOn: ['db'] },
    db: { run: image() },
  },
};

/** Up by one command, and the next one on the same folder. */
async function afterUp(given: Config = config, then: Config = given): Promise<TestHost> {
  const first = createTestHost({ config: given });
  await first.up();
  await first.host.close();
  return first.again(then);
}
const since = (host: TestHost, from: number) =>
  host.runner.calls.slice(from).filter((call) => call !== 'observe');

test('dependants go before what they need; the network goes last; data stays', async () => {
  await using host = await afterUp();
  host.runner.addData({ service: 'db', name: 'shop_data' });
  const before = host.runner.calls.length;
  const outcome = await host.host.down({});
  expect(since(host, before)).toEqual([
    'stop web',
    'remove web',
    'stop api',
    'remove api',
    'stop db',
    'remove db',
    'drop project',
  ]);
  expect(column(outcome, 'action')).toEqual({ web: 'removed', api: 'removed', db: 'removed' });
  expect(column(outcome, 'state')).toEqual({ web: 'stopped', api: 'stopped', db: 'stopped' });
  expect(outcome.errors).toEqual([]);
});

test('named services go alone, and the network stays', async () => {
  await using host = await afterUp();
  const before = host.runner.calls.length;
  const { services } = await host.host.down({ services: ['web'] });
  expect(since(host, before)).toEqual(['stop web', 'remove web']);
  expect(Object.keys(services)).toEqual(['web']);
});

test('nothing running is no error; a named one that is not there is said', async () => {
  await using host = createTestHost({ config });
  expect(await host.host.down({})).toEqual({ services: {}, errors: [] });
  const { services, errors } = await host.host.down({ services: ['db'] });
  expect(services['db']).toMatchObject({ state: 'stopped', action: 'unchanged' });
  expect(errors).toEqual([]);
  expect(host.runner.calls.filter((call) => /^(stop|remove) /.test(call))).toEqual([]);
});

test('unknown names are told at once, before anything goes', async () => {
  await using host = await afterUp();
  const before = host.runner.calls.length;
  const error = await thrownBy(host.host.down({ services: ['wbe', 'x', 'db'] }));
  expect(error['code']).toBe('DS_SERVICE_UNKNOWN');
  expect(error.message).toMatch(/"wbe". Did you mean "web"\?.*"x"/);
  expect(since(host, before)).toEqual([]);
});

test('orphans go with everything, by name, or when asked for', async () => {
  const less: Config = { services: { db: { run: image() } } };
  await using all = await afterUp(config, less);
  await all.host.down({});
  expect(all.runner.instances.size).toBe(0);
  await using named = await afterUp(config, less);
  await named.host.down({ services: ['web'] });
  expect([...named.runner.instances.keys()]).not.toContain('web');
  await using asked = await afterUp(config, less);
  await asked.host.down({ services: ['db'], removeOrphans: true });
  expect(asked.runner.instances.size).toBe(0);
});

test('one that cannot be stopped keeps none of the others, and is reported', async () => {
  await using host = await afterUp();
  host.runner.failOn('stop api', new Error('stuck'));
  const outcome = await host.host.down({});
  expect(column(outcome, 'state')).toEqual({ web: 'stopped', api: 'failed', db: 'stopped' });
  expect(outcome.services['api']?.error?.message).toContain('stuck');
  expect(outcome.errors).toHaveLength(1);
  expect([...host.runner.instances.keys()]).toEqual(['api']);
});

test('failing hooks are reported, and it goes on; the payload names what goes', async () => {
  const seen: unknown[] = [];
  const fail = (hook: string) => (payload: { services: readonly string[] }) => {
    seen.push([hook, [...payload.services].toSorted((a, b) => (a < b ? -1 : 1))]);
    throw new Error(hook);
  };
  const bad = definePlugin({
    name: 'bad',
    setup({ hooks }) {
      hooks.beforeDown.tap('bad', fail('before'));
      hooks.afterDown.tap('bad', fail('after'));
    },
  });
  await using host = await afterUp({ ...config, plugins: [bad] });
  const outcome = await host.host.down({ services: ['web', 'api'] });
  expect(seen).toEqual([
    ['before', ['api', 'web']],
    ['after', ['api', 'web']],
  ]);
  expect(outcome.errors.map(({ facts }) => facts['where'])).toEqual(['beforeDown', 'afterDown']);
  expect(resolveExitCode(outcome.errors)).toBe(4);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

const brokenConfigs: [string, Config | undefined][] = [
  ['is invalid', { project: 'shop', services: { db: { dependson: ['x'] } as never } }],
  ['throws', undefined],
];
for (const [what, broken] of brokenConfigs) {
  test(`with a configuration that ${what}: by labels and records, under the name it had`, async () => {
    const first = createTestHost({ config: { ...config, project: 'shop' } });
    await first.up();
    expect(first.host.project.project).toBe('shop');
    await first.host.close();
    await using host = first.again(broken ?? config);
    if (!broken) writeFileSync(host.configFile, 'throw new Error("kaput");');
    const outcome = await host.host.down({});
    expect(column(outcome, 'action')).toEqual({ web: 'removed', api: 'removed', db: 'removed' });
    expect(host.host.project.project).toBe('shop');
    expect(messages(host).join('\n')).toContain('the configuration is broken');
    // The list of problems is doctor's; what is said here does not announce one.
    expect(messages(host).join('\n')).toMatch(/devservices doctor.*\.$|kaput$/);
    expect(messages(host)).toHaveLength(1);
  });
}

test('where there never was a project, a missing configuration is an error', async () => {
  await using host = createTestHost({ config });
  rmSync(host.configFile);
  for (const work of [host.host.down({}), host.host.status()]) {
    expect(resolveExitCode(asErrors(await thrownBy(work)))).toBe(2);
  }
});

test('an interrupt ends it with its reason', async () => {
  const control = new AbortController();
  const first = createTestHost({ config });
  await first.up();
  await first.host.close();
  await using host = first.again(config, { signal: control.signal });
  host.runner.holdOn('stop web');
  const reason = new Error('stop');
  const done = thrownBy(host.host.down({}));
  host.host.events.subscribe((event) => {
    if (event.event === 'phase-started' && event.phase === 'down')
      setImmediate(() => control.abort(reason));
  });
  expect(await done).toBe(reason);
  expect(host.runner.instances.size).toBe(3);
});

test('an engine that is away is said, and nothing passes for down', async () => {
  await using host = await afterUp();
  host.runner.setAvailable(
    new DevServicesError({
      code: 'DS_TEST_AWAY',
      blame: 'environment',
      message: 'Away.',
      hint: 'x',
    }),
  );
  expect(await codesOf(host.host.down({}))).toEqual(['DS_TEST_AWAY']);
});
