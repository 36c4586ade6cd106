import { expect, test } from 'vitest';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import type { Hooks } from '../../../core/hooks.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Service } from '../../../core/service/service.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { column, image, thrownBy } from '../../rig/kernel.ts';

const no = () => Promise.reject(new Error('no'));

function tapped(
  tap: (hooks: Hooks) => void,
  services: Record<string, Service> = {
    db: { run: image() },
    api: { run: image(), dependsOn: ['db'] },
  },
): TestHost {
  const spy = definePlugin({ name: 'spy', setup: ({ hooks }) => tap(hooks) });
  return createTestHost({ config: { plugins: [spy], services } });
}

test('a failed afterHealth leaves everything up, and every failure is told', async () => {
  const bad = (name: string) =>
    definePlugin({
      name,
      setup: ({ hooks }) => hooks.afterHealth.tap(name, () => Promise.reject(new Error(name))),
    });
  await using host = createTestHost({
    config: { plugins: [bad('one'), bad('two')], services: { db: { run: image() } } },
  });
  const { services, errors } = await host.up();
  expect(new Set(errors.map(({ facts }) => facts['plugin']))).toEqual(new Set(['one', 'two']));
  expect(services['db']?.state).toBe('ready');
  expect(host.runner.instances.get('db')?.status).toBe('running');
});

test('afterHealth is not called when a service failed', async () => {
  let called = false;
  await using host = tapped((hooks) => hooks.afterHealth.tap('spy', () => void (called = true)));
  host.runner.failOn('start db', new Error('no'));
  await host.up();
  expect(called).toBe(false);
});

test('a failing serviceReady fails that service, and its dependants are skipped', async () => {
  await using host = tapped((hooks) => hooks.serviceReady.for('db').tap('spy', no));
  const { services } = await host.up();
  expect(services['db']).toMatchObject({ state: 'failed', error: { code: 'DS_PLUGIN_THREW' } });
  expect(services['api']?.state).toBe('skipped');
});

test('a failing beforeDown does not keep anything up', async () => {
  await using host = tapped((hooks) => hooks.beforeDown.tap('spy', no));
  await host.up();
  const { errors } = await host.host.down({});
  expect(errors).toHaveLength(1);
  expect(host.runner.instances.size).toBe(0);
});

test('configure: what is changed is what runs, and what the next plugin sees', async () => {
  const seen: unknown[] = [];
  await using host = tapped((hooks) => {
    hooks.configure.tap('spy', ({ config }) => {
      config.services['extra'] = { run: { docker: image() } };
      delete config.services['api'];
    });
    hooks.configure.tap('spy', ({ config }) => void seen.push(...Object.keys(config.services)));
  });
  expect(column(await host.up(), 'state')).toEqual({ db: 'ready', extra: 'ready' });
  expect(seen).toEqual(['db', 'extra']);
});

test('configure: a short form is made long again', async () => {
  await using host = tapped((hooks) => {
    hooks.configure.tap('spy', ({ config }) => {
      config.services['extra'] = { run: image() };
    });
  });
  expect(column(await host.up(), 'runner')).toMatchObject({ extra: 'docker' });
});

test('configure: a defect blames the plugin that left it behind', async () => {
  const bad = definePlugin({
    name: 'bad',
    setup: ({ hooks }) =>
      hooks.configure.tap('bad', ({ config }) => {
        Object.assign(config.services['db'] ?? {}, { dependson: ['x'], dependsOn: ['nobody'] });
      }),
  });
  const good = definePlugin({
    name: 'good',
    setup: ({ hooks }) => hooks.configure.tap('good', () => {}),
  });
  await using host = createTestHost({
    config: { plugins: [good, bad], services: { db: { run: image() } } },
  });
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_PLUGIN_CONFIG_INVALID');
  expect(error.message).toMatch(
    /plugin bad .*\n.*dependson.*\n.*nobody|plugin bad [^]*nobody[^]*dependson/,
  );
  expect(resolveExitCode(asErrors(error))).toBe(4);
});

test('beforeUp: a skipped service is said and left alone', async () => {
  await using host = tapped((hooks) =>
    hooks.beforeUp.tap('spy', ({ skip }) => {
      skip('db', 'it runs elsewhere');
      skip('db', 'twice is no error');
    }),
  );
  const { services } = await host.up();
  expect(services['db']).toMatchObject({
    state: 'skipped',
    action: 'skipped',
    reason: { code: 'plugin', text: 'it runs elsewhere' },
  });
  expect(services['api']?.state).toBe('ready');
  expect(host.runner.calls.filter((call) => call.endsWith(' db'))).toEqual([]);
});

test('beforeUp: skipping what is left out anyway is no error', async () => {
  await using host = tapped((hooks) =>
    hooks.beforeUp.tap('spy', ({ skip }) => skip('db', 'it runs elsewhere')),
  );
  const { services } = await host.up({ exclude: ['db'] });
  expect(services['db']?.reason.code).toBe('excluded');
});

test('beforeUp: recreate makes an unchanged service anew', async () => {
  await using host = tapped((hooks) =>
    hooks.beforeUp.tap('spy', ({ plan, recreate }) => {
      if (plan.services['db']?.action === 'unchanged') recreate('db', 'a new dump');
    }),
  );
  await host.up();
  await host.host.close();
  const again = host.again();
  const outcome = await again.up();
  expect(column(outcome, 'action')).toEqual({ db: 'recreated', api: 'unchanged' });
  expect(outcome.services['db']?.reason).toEqual({ code: 'plugin', text: 'a new dump' });
  await again.host.close();
});

test('beforeUp: a veto names the plugin, and nothing starts', async () => {
  await using host = tapped((hooks) =>
    hooks.beforeUp.tap('spy', ({ fail }) => fail('the VPN is off')),
  );
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_PLUGIN_VETO');
  expect(error.message).toContain('spy');
  expect(error.message).toContain('the VPN is off');
  expect(resolveExitCode(asErrors(error))).toBe(4);
  expect(host.runner.calls).toEqual(['observe']);
});

for (const verb of ['skip', 'recreate'] as const) {
  test(`beforeUp: ${verb} of a service that is not there blames the plugin`, async () => {
    await using host = tapped((hooks) =>
      hooks.beforeUp.tap('spy', (payload) => payload[verb]('bd', 'why')),
    );
    const error = await thrownBy(host.up());
    expect(error['code']).toBe('DS_PLUGIN_THREW');
    expect(error.message).toContain('Did you mean "db"?');
  });
}

test('beforeUp: the plan that a tap sees is as amended before it', async () => {
  const seen: string[][] = [];
  await using host = tapped((hooks) => {
    hooks.beforeUp.tap({ name: 'spy', stage: 'late' }, ({ plan }) => {
      seen.push(Object.keys(plan.services));
    });
    hooks.beforeUp.tap('spy', ({ skip }) => skip('db', 'x'));
  });
  await host.up();
  expect(seen).toEqual([['api']]);
});
