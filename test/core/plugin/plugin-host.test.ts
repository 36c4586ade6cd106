import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Contracts as Exposed } from 'devservices';
import type { Config } from '../../../core/config/config.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Plugin, PluginContext } from '../../../core/plugin/plugin.ts';
import type { TaskSpec } from '../../../core/task-spec.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, messages, thrownBy } from '../../rig/kernel.ts';

declare module 'devservices' {
  interface Contracts {
    'test-mailbox': { count: number };
  }
}

type Setup = (ctx: PluginContext<undefined>) => void;
const plugin = (name: string, setup: Setup, more: { after?: string[]; before?: string[] } = {}) =>
  definePlugin({ name, ...more, setup }) as Plugin;
const db = { db: { run: image() } };
const open = (plugins: Plugin[], config: Config = {}) =>
  createTestHost({ config: { services: db, plugins, ...config } });
const aTask = { name: 'greet', description: 'Greets.', args: {}, run() {} } as unknown as TaskSpec;

const bad: [string, Setup, string, string][] = [
  [
    'throws',
    () => {
      throw new Error('kaput');
    },
    'DS_PLUGIN_THREW',
    'bad failed in setup: kaput',
  ],
  ['is asynchronous', async () => {}, 'DS_PLUGIN_SETUP_ASYNC', 'bad'],
  [
    'rejects',
    async () => {
      throw new Error('later');
    },
    'DS_PLUGIN_SETUP_ASYNC',
    'bad',
  ],
  [
    'brings a runner that is there',
    (ctx) => ctx.runner('container', () => undefined as never),
    'DS_PLUGIN_CLASH',
    'docker and bad',
  ],
  [
    'exposes what another exposes',
    (ctx) => ctx.expose('test-mailbox', () => ({ count: 2 })),
    'DS_PLUGIN_CLASH',
    'good and bad',
  ],
];
for (const [what, fail, code, text] of bad) {
  test(`a plugin whose setup ${what} is named, alone, and nothing of it stays behind`, async () => {
    const seen: string[] = [];
    const good = plugin('good', ({ hooks, expose }) => {
      hooks.configure.tap('good', () => void seen.push('good'));
      expose('test-mailbox', () => ({ count: 1 }));
    });
    const other = plugin('bad', (ctx) => {
      ctx.services.add('junk', { run: image() });
      ctx.hooks.configure.tap('bad', () => void seen.push('bad'));
      ctx.task(aTask);
      ctx.events.subscribe(() => void seen.push('event'));
      return fail(ctx);
    });
    await using host = open([good, other]);
    const error = await thrownBy(host.up());
    expect(error['code']).toBe(code);
    expect(error.message).toContain(text);
    expect(resolveExitCode(asErrors(error))).toBe(4);
    const described = await host.host.plugins();
    expect(described.map(({ name, failure }) => [name, failure !== undefined])).toEqual([
      ['docker', false],
      ['good', false],
      ['bad', true],
    ]);
    expect(described.find(({ name }) => name === 'bad')).toMatchObject({ services: [], tasks: [] });
    expect([...(await host.host.pluginTasks()).keys()]).toEqual([]);
    expect(seen).toEqual([]);
  });
}

test('several bad plugins and a bad configuration are told together', async () => {
  const kaput = (name: string) =>
    plugin(name, () => {
      throw new Error('kaput');
    });
  await using host = open([kaput('one'), kaput('two')], {
    services: { db: { run: image(), dependsOn: ['nobody'] } },
  });
  expect(await codesOf(host.up())).toEqual([
    'DS_CONFIG_INVALID',
    'DS_PLUGIN_THREW',
    'DS_PLUGIN_THREW',
  ]);
});

test('plugins come in the order of their relations, else as given', async () => {
  const order: string[] = [];
  const named = (name: string, more?: { after?: string[]; before?: string[] }) =>
    plugin(name, () => void order.push(name), more);
  await using host = open([
    named('c', { after: ['b'] }),
    named('a', { before: ['b'] }),
    named('x', { after: ['not-there'] }),
    named('b'),
  ]);
  await host.host.configure();
  expect(order).toEqual(['a', 'b', 'c', 'x']);
});

test('a ring of plugins is named in full', async () => {
  await using host = open([
    plugin('a', () => {}, { after: ['c'] }),
    plugin('b', () => {}, { after: ['a'] }),
    plugin('c', () => {}, { before: [], after: ['b'] }),
  ]);
  const error = await thrownBy(host.host.configure());
  expect(error['code']).toBe('DS_PLUGIN_CYCLE');
  expect(error.message).toContain('a → c → b → a');
});

test('options: checked by the schema, defaults filled, changed by name in a later layer', async () => {
  const seen: unknown[] = [];
  const mail = definePlugin({
    name: 'mail',
    options: z.object({ port: z.number().default(1025), image: z.string().default('mailpit') }),
    setup: ({ options }) => void seen.push(options),
  });
  await using one = open([mail]);
  await one.host.configure();
  await using two = open([mail({ port: 25 })]);
  await two.host.configure();
  expect(seen).toEqual([
    { port: 1025, image: 'mailpit' },
    { port: 25, image: 'mailpit' },
  ]);
  await using three = open([mail({ port: 'x' as never, image: 7 as never })]);
  const error = await thrownBy(three.host.configure());
  expect(error['code']).toBe('DS_PLUGIN_OPTIONS_INVALID');
  expect(error.message).toMatch(/mail\.port[^]*mail\.image/);
});

test('contracts: made on first use, once; who asks in vain is named with what is asked for', async () => {
  let made = 0;
  const mailbox = plugin('mailbox', ({ expose }) =>
    expose('test-mailbox', () => ({ count: ++made })),
  );
  const counts: number[] = [];
  const reader = plugin('reader', ({ hooks, use }) =>
    hooks.initialize.tap('reader', async () => {
      counts.push((await use('test-mailbox')).count, (await use('test-mailbox')).count);
    }),
  );
  await using host = open([reader, mailbox]);
  await host.host.configure();
  expect(made).toBe(0);
  await host.host.initialize('up');
  expect(counts).toEqual([1, 1]);
  expect(await host.host.use('test-mailbox')).toEqual({ count: 1 });

  await using without = open([reader]);
  const error = await thrownBy(without.host.initialize('up'));
  expect(error['code']).toBe('DS_CONTRACT_MISSING');
  expect(error.message).toMatch(/reader.*test-mailbox/);
  // Who lists the plugins is to list one more.
  expect(resolveExitCode(asErrors(error))).toBe(2);
});

test('contracts: a factory that fails is its plugin’s fault, and is tried again', async () => {
  let tries = 0;
  const mailbox = plugin('mailbox', ({ expose }) =>
    expose('test-mailbox', () => {
      if (++tries === 1) throw new Error('no socket');
      return { count: tries };
    }),
  );
  await using host = open([mailbox]);
  await host.host.configure();
  const error = await thrownBy(host.host.use('test-mailbox'));
  expect(error['code']).toBe('DS_PLUGIN_THREW');
  expect(error.message).toContain('mailbox');
  expect(await host.host.use('test-mailbox')).toEqual({
    count: 2,
  } satisfies Exposed['test-mailbox']);
});

test('a runner whose factory fails is its plugin’s fault', async () => {
  const runners = plugin('wasm', ({ runner }) =>
    runner(
      'wasm',
      () => {
        throw new Error('no runtime');
      },
      z.looseObject({}),
    ),
  );
  await using host = open([runners], { services: { app: { run: { kind: 'wasm' } } } });
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_PLUGIN_THREW');
  expect(error.message).toContain('wasm');
});

test('defer runs last-in-first-out at close, each once, and a failing one keeps none of the others', async () => {
  const undone: string[] = [];
  const opener = plugin('opener', ({ defer, hooks }) => {
    defer(() => void undone.push('first'));
    hooks.initialize.tap('opener', () => {
      defer(() => Promise.reject(new Error('cannot close')));
      defer(async () => {
        await Promise.resolve();
        undone.push('last');
      });
      throw new Error('failed start');
    });
  });
  await using host = open([opener]);
  expect(await codesOf(host.up())).toEqual(['DS_PLUGIN_THREW']);
  await host.host.close();
  await host.host.close();
  expect(undone).toEqual(['last', 'first']);
  expect(messages(host).join('\n')).toContain('cannot close');
});

test('an undo that hangs keeps neither the others nor the end', async () => {
  const clock = createFakeClock();
  const undone: string[] = [];
  const opener = plugin('opener', ({ defer }) => {
    defer(() => void undone.push('first'));
    defer(() => new Promise(() => {}));
  });
  await using host = createTestHost({ clock, config: { services: db, plugins: [opener] } });
  await host.host.configure();
  const closed = host.host.close();
  await clock.advance(10_000);
  await closed;
  expect(undone).toEqual(['first']);
  expect(messages(host).join()).toContain('not done after 10.0 s');
});
