import { expect, test } from 'vitest';
import { taskErrors } from '../../../core/errors/catalogue/task.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import type { Service } from '../../../core/service/service.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { column, image, saw, thrownBy } from '../../rig/kernel.ts';

const reason = taskErrors.create('DS_TASK_INTERRUPTED', { signal: 'SIGINT' });
const forEver = () => new Promise<never>(() => {});
const chain = (fields: Partial<Service> = {}): Record<string, Service> => ({
  db: { run: image(), ...fields },
  api: { run: image(), dependsOn: ['db'] },
});

function open(
  services: Record<string, Service>,
  plugins: Parameters<typeof definePlugin>[0][] = [],
) {
  const control = new AbortController();
  const host = createTestHost({
    signal: control.signal,
    config: { services, plugins: plugins.map((plugin) => definePlugin(plugin)) },
  });
  return { host, interrupt: () => control.abort(reason) };
}

for (const hook of ['configure', 'initialize', 'beforeUp'] as const) {
  test(`in a tap of ${hook}: nothing was started, and the reason is what ends it`, async () => {
    const { host, interrupt } = open(chain(), [
      {
        name: 'slow',
        setup({ hooks }) {
          hooks[hook].tap('slow', () => {
            interrupt();
            return forEver();
          });
        },
      },
    ]);
    await using _ = host;
    expect(await thrownBy(host.up())).toBe(reason);
    expect(host.runner.calls.filter((call) => call !== 'observe')).toEqual([]);
    expect(host.events.some(({ event }) => event === 'hook-failed')).toBe(false);
  });
}

for (const call of ['observe', 'ensure project', 'watch']) {
  test(`while \`${call}\` is under way: nothing was started`, async () => {
    const { host, interrupt } = open(chain());
    await using _ = host;
    host.runner.holdOn(call);
    const done = thrownBy(host.up());
    await saw(host, call === 'observe' ? 'phase-started plan' : 'plan-made');
    interrupt();
    expect(await done).toBe(reason);
    expect(host.runner.instances.size).toBe(0);
  });
}

test('while one is prepared: what was created and not started is removed', async () => {
  const { host, interrupt } = open(chain());
  await using _ = host;
  host.runner.holdOn('prepare db');
  const done = thrownBy(host.up());
  await saw(host, 'phase-ended prepare api');
  interrupt();
  expect(await done).toBe(reason);
  expect(host.runner.calls).toContain('remove api');
  expect(host.runner.instances.size).toBe(0);
});

test('while one is awaited: what was started stays, and its dependants go', async () => {
  const { host, interrupt } = open(chain({ ready: ready.command(['check']) }));
  await using _ = host;
  host.runner.setExec('db', forEver);
  const done = thrownBy(host.up());
  await saw(host, 'running db');
  await saw(host, 'phase-ended prepare api');
  interrupt();
  expect(await done).toBe(reason);
  expect([...host.runner.instances].map(([name, { status }]) => [name, status])).toEqual([
    ['db', 'running'],
  ]);
});

test('while a start request is under way: what turns out to run stays', async () => {
  const { host, interrupt } = open(chain());
  await using _ = host;
  host.runner.holdOn('start db');
  const done = thrownBy(host.up());
  await saw(host, 'phase-ended prepare api');
  await saw(host, 'starting db');
  host.runner.change('db', { status: 'running' });
  interrupt();
  expect(await done).toBe(reason);
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

for (const [name, fields] of [
  ['a step', { onReady: forEver }],
  ['a one-shot', {}],
] as const) {
  test(`while ${name} is under way: the task ends at once`, async () => {
    const { host, interrupt } = open({
      db: { run: image(), ...fields },
      api: { run: image(), dependsOn: { db: name === 'a one-shot' ? 'completed' : 'ready' } },
    });
    await using _ = host;
    const done = thrownBy(host.up());
    await saw(host, name === 'a step' ? 'phase-started on-ready db' : 'running db');
    interrupt();
    expect(await done).toBe(reason);
    expect([...host.runner.instances.keys()]).toEqual(['db']);
  });
}

for (const hook of ['serviceReady', 'afterHealth'] as const) {
  test(`in a tap of ${hook}: the task ends at once, and what runs stays`, async () => {
    const hang = () => {
      interrupt();
      return forEver();
    };
    const { host, interrupt } = open({ db: { run: image() } }, [
      {
        name: 'slow',
        setup({ hooks }) {
          if (hook === 'afterHealth') hooks.afterHealth.tap('slow', hang);
          else hooks.serviceReady.for('db').tap('slow', hang);
        },
      },
    ]);
    await using _ = host;
    expect(await thrownBy(host.up())).toBe(reason);
    expect([...host.runner.instances.keys()]).toEqual(['db']);
  });
}

test('a second up goes on where an interrupted one was', async () => {
  const { host, interrupt } = open(chain({ ready: ready.command(['check']) }));
  await using _ = host;
  host.runner.setExec('db', forEver);
  const done = thrownBy(host.up());
  await saw(host, 'running db');
  interrupt();
  await done;
  await host.host.close();
  host.runner.setExec('db', { exitCode: 0, output: '' });
  const next = host.again(undefined, { signal: new AbortController().signal });
  const outcome = await next.up();
  expect(column(outcome, 'action')).toEqual({ db: 'unchanged', api: 'created' });
  expect(column(outcome, 'state')).toEqual({ db: 'ready', api: 'ready' });
  await next.host.close();
});
