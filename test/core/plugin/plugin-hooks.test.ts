import { expect, test } from 'vitest';
import type { DevServicesError } from '../../../core/errors/error.ts';
import { DevServicesError as OurError } from '../../../core/errors/error.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import type { HookName, HookPayloads, TapOptions } from '../../../core/hooks.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { PluginContext } from '../../../core/plugin/plugin.ts';
import { createFakeClock, type FakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { image, told } from '../../rig/kernel.ts';

const hookNames: readonly HookName[] = [
  'configure',
  'initialize',
  'beforeUp',
  'serviceReady',
  'afterHealth',
  'beforeDown',
  'afterDown',
];
const shown = (hook: HookName) => (hook === 'serviceReady' ? 'serviceReady(db)' : hook);
const stopsEverything = new Set<HookName>(['configure', 'initialize', 'beforeUp']);

type AnyTap = (payload: HookPayloads[HookName]) => unknown;

function tapInto(
  { hooks }: Pick<PluginContext<unknown>, 'hooks'>,
  hook: HookName,
  { options = 'spy', run }: { options?: string | TapOptions; run: AnyTap },
): void {
  const tappable = hook === 'serviceReady' ? hooks.serviceReady.for('db') : hooks[hook];
  (tappable.tap as (options: string | TapOptions, run: AnyTap) => void)(options, run);
}

function hostWith(
  hook: HookName,
  tap: { options?: string | TapOptions; run: AnyTap },
  { clock, hookTimeout }: { clock?: FakeClock; hookTimeout?: string } = {},
): TestHost {
  const spy = definePlugin({ name: 'spy', setup: (ctx) => tapInto(ctx, hook, tap) });
  return createTestHost({
    ...(clock ? { clock } : {}),
    config: {
      plugins: [spy],
      services: { db: { run: image() }, api: { run: image(), dependsOn: ['db'] } },
      ...(hookTimeout === undefined ? {} : { hookTimeout }),
    },
  });
}

/** A whole up and down, and everything that went wrong in them. */
async function live(host: TestHost): Promise<readonly DevServicesError[]> {
  try {
    const up = await host.up();
    const down = await host.host.down({});
    return [...up.errors, ...down.errors];
  } catch (thrown) {
    return asErrors(thrown);
  }
}

for (const hook of hookNames) {
  const failing: [string, AnyTap, string][] = [
    [
      'throws',
      () => {
        throw new Error('kaput');
      },
      'DS_PLUGIN_THREW',
    ],
    ['rejects', async () => Promise.reject(new Error('kaput')), 'DS_PLUGIN_THREW'],
    ['throws a text', () => Promise.reject('kaput'), 'DS_PLUGIN_THREW'],
    ['returns an array', () => ['kaput'], 'DS_HOOK_RETURNED'],
    ['returns a promise of rubbish', async () => ({ kaput: true }), 'DS_HOOK_RETURNED'],
  ];
  for (const [what, run, code] of failing) {
    test(`${hook}: a tap that ${what} is named with plugin and hook`, async () => {
      await using host = hostWith(hook, { run });
      const errors = await live(host);
      expect(errors.map((error) => error.code)).toEqual([code]);
      expect(errors[0]?.message).toContain('spy');
      expect(errors[0]?.message).toContain(shown(hook));
      expect(resolveExitCode(errors)).toBe(4);
      expect(host.events).toContainEqual(
        expect.objectContaining({ event: 'hook-failed', plugin: 'spy', hook: shown(hook) }),
      );
      const started = host.runner.calls.filter((call) => call.startsWith('start '));
      expect(started.length === 0).toBe(stopsEverything.has(hook));
      expect(errors[0]?.cause instanceof Error).toBe(what === 'throws' || what === 'rejects');
    });
  }

  for (const [which, options, hookTimeout, ms] of [
    ['its own limit', { name: 'spy', timeoutMs: 1500 }, undefined, 1500],
    ['hookTimeout', 'spy', '7s', 7000],
    ['the default', 'spy', undefined, 60_000],
  ] as const) {
    test(`${hook}: a tap that hangs is ended after ${which}`, async () => {
      const clock = createFakeClock();
      let signal: AbortSignal | undefined;
      let begin = () => {};
      const hasBegun = new Promise<void>((resolve) => (begin = resolve));
      const run: AnyTap = (payload) => {
        signal = payload.signal;
        begin();
        return new Promise(() => {});
      };
      await using host = hostWith(
        hook,
        { options, run },
        { clock, ...(hookTimeout === undefined ? {} : { hookTimeout }) },
      );
      const done = live(host);
      await hasBegun;
      await clock.advance(ms - 1);
      expect(signal?.aborted).toBe(false);
      await clock.advance(1);
      const errors = await done;
      expect(errors.map((error) => error.code)).toEqual(['DS_HOOK_TIMED_OUT']);
      expect(errors[0]?.message).toContain(`spy was not done with ${shown(hook)}`);
      expect(signal?.aborted).toBe(true);
    });
  }

  test(`${hook}: an async function is awaited before anything follows`, async () => {
    let isDone = false;
    const clock = createFakeClock();
    let begin = () => {};
    const hasBegun = new Promise<void>((resolve) => (begin = resolve));
    await using host = hostWith(
      hook,
      {
        async run() {
          begin();
          await clock.sleep(500);
          isDone = true;
        },
      },
      { clock },
    );
    const done = live(host);
    await hasBegun;
    const before = told(host.events).length;
    await clock.advance(499);
    const meanwhile = told(host.events).slice(before);
    expect(meanwhile.filter((line) => !line.endsWith(' api'))).toEqual([]);
    expect(meanwhile).not.toContain('starting api');
    await clock.advance(1);
    expect(await done).toEqual([]);
    expect(isDone).toBe(true);
    expect(told(host.events)).toContain(`hook-ended spy ${shown(hook)}`);
  });

  test(`${hook}: an error of ours keeps its blame`, async () => {
    const error = new OurError({
      code: 'DS_VPN_OFF',
      blame: 'environment',
      message: 'The VPN is off.',
      hint: 'Turn it on.',
    });
    await using host = hostWith(hook, { run: () => Promise.reject(error) });
    const errors = await live(host);
    expect(errors).toEqual([error]);
    expect(resolveExitCode(errors)).toBe(3);
  });

  test(`${hook}: its payload is what the table says`, async () => {
    let payload: Record<string, unknown> = {};
    let count = 0;
    await using host = hostWith(hook, {
      run(given) {
        payload = given as unknown as Record<string, unknown>;
        count += 1;
      },
    });
    expect(await live(host)).toEqual([]);
    expect(count).toBe(1);
    expect(payload['signal']).toBeInstanceOf(AbortSignal);
    const fields: Readonly<Record<HookName, Record<string, unknown>>> = {
      configure: { config: expect.objectContaining({ services: expect.anything() }) },
      initialize: { config: expect.anything(), task: 'up' },
      beforeUp: {
        plan: expect.objectContaining({ services: expect.anything() }),
        skip: expect.any(Function),
        recreate: expect.any(Function),
        fail: expect.any(Function),
      },
      serviceReady: { service: 'db', endpoints: {} },
      afterHealth: {
        services: {
          db: expect.objectContaining({ state: 'ready' }),
          api: expect.objectContaining({ state: 'ready' }),
        },
      },
      beforeDown: { services: expect.arrayContaining(['db', 'api']) },
      afterDown: { services: expect.arrayContaining(['db', 'api']) },
    };
    expect(payload).toMatchObject(fields[hook]);
  });
}
