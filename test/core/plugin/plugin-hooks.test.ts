import { expect, test } from 'vitest';
import type { DevServicesError } from '../../../core/errors/error.ts';
import { DevServicesError as OurError } from '../../../core/errors/error.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import type { EventBody } from '../../../core/events.ts';
import type { HookName, HookPayloads, TapOptions } from '../../../core/hooks.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createPluginHooks } from '../../../core/plugin/plugin-hooks.ts';
import type { PluginContext } from '../../../core/plugin/plugin.ts';
import { createFakeClock, type FakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { image } from '../../rig/kernel.ts';

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

const payloadOf = (hook: HookName) =>
  ({
    signal: new AbortController().signal,
    ...(hook === 'serviceReady' ? { service: 'db', endpoints: {} } : {}),
  }) as unknown as HookPayloads[HookName];

/** Hooks without a host: one tap, called once. */
function callAlone(
  hook: HookName,
  tap: { options?: string | TapOptions; run: AnyTap },
  clock = createFakeClock(),
) {
  const emitted: EventBody[] = [];
  const events = { emit: (event: EventBody) => void emitted.push(event) };
  const table = createPluginHooks({ clock, events, timeoutMs: () => 7000 });
  tapInto({ hooks: table.forPlugin('spy') }, hook, tap);
  const service = hook === 'serviceReady' ? { service: 'db' } : {};
  const errors = table.call(hook, payloadOf(hook), service).catch(asErrors);
  return { errors, emitted, clock };
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
    ['rejects with a text', () => Promise.reject('kaput'), 'DS_PLUGIN_THREW'],
    ['rejects with nothing', () => Promise.reject(undefined), 'DS_PLUGIN_THREW'],
    ['returns an array', () => ['kaput'], 'DS_HOOK_RETURNED'],
    ['returns null', () => null, 'DS_HOOK_RETURNED'],
    ['returns a promise of rubbish', async () => ({ kaput: true }), 'DS_HOOK_RETURNED'],
  ];
  for (const [what, run, code] of failing) {
    test(`${hook}: a tap that ${what} is named with plugin and hook`, async () => {
      const { errors, emitted } = callAlone(hook, { run });
      const [error, ...others] = await errors;
      expect(others).toEqual([]);
      expect(error?.code).toBe(code);
      expect(error?.blame).toBe('plugin');
      expect(error?.message).toContain('spy');
      expect(error?.message).toContain(shown(hook));
      expect(emitted.map((event) => event.event)).toEqual(['hook-failed', 'hook-ended']);
      expect(emitted[0]).toMatchObject({ plugin: 'spy', hook: shown(hook), error: { code } });
    });
  }

  for (const [which, options, ms] of [
    ['its own limit', { name: 'spy', timeoutMs: 1500 }, 1500],
    ['the common limit', 'spy', 7000],
  ] as const) {
    test(`${hook}: a tap that hangs is ended after ${which}, its signal aborted`, async () => {
      let signal: AbortSignal | undefined;
      const run: AnyTap = (payload) => {
        signal = payload.signal;
        return new Promise(() => {});
      };
      const { errors, clock } = callAlone(hook, { options, run });
      await clock.advance(ms - 1);
      expect(signal?.aborted).toBe(false);
      await clock.advance(1);
      expect(signal?.aborted).toBe(true);
      const [error] = await errors;
      expect(error?.code).toBe('DS_HOOK_TIMED_OUT');
      expect(error?.message).toContain(`spy was not done with ${shown(hook)}`);
      expect(clock.sleeping).toBe(0);
    });
  }

  test(`${hook}: an async function is awaited, and its time told`, async () => {
    const clock = createFakeClock();
    const { errors, emitted } = callAlone(hook, { run: () => clock.sleep(500) }, clock);
    await clock.advance(499);
    expect(emitted).toEqual([]);
    await clock.advance(1);
    expect(await errors).toEqual([]);
    expect(emitted).toEqual([
      { event: 'hook-ended', plugin: 'spy', hook: shown(hook), elapsedMs: 500 },
    ]);
  });

  test(`${hook}: a whole run with a tap that throws`, async () => {
    await using host = hostWith(hook, { run: () => Promise.reject(new Error('kaput')) });
    const errors = await live(host);
    expect(errors.map((error) => error.code)).toEqual(['DS_PLUGIN_THREW']);
    expect(resolveExitCode(errors)).toBe(4);
    const started = host.runner.calls.filter((call) => call.startsWith('start '));
    expect(started.length === 0).toBe(stopsEverything.has(hook));
  });

  test(`${hook}: hookTimeout of the configuration counts, and an error of ours keeps its blame`, async () => {
    const clock = createFakeClock();
    const error = new OurError({
      code: 'DS_VPN_OFF',
      blame: 'environment',
      message: 'The VPN is off.',
      hint: 'Turn it on.',
    });
    let begin = () => {};
    const hasBegun = new Promise<void>((resolve) => (begin = resolve));
    const run: AnyTap = ({ signal }) => {
      begin();
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(error));
      });
    };
    await using host = hostWith(hook, { run }, { clock, hookTimeout: '3s' });
    const done = live(host);
    await hasBegun;
    await clock.advance(3000);
    expect((await done).map(({ code }) => code)).toEqual(['DS_HOOK_TIMED_OUT']);
    const { errors } = callAlone(hook, { run: () => Promise.reject(error) });
    expect(await errors).toEqual([error]);
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
        pass: expect.any(Function),
        fail: expect.any(Function),
      },
      serviceReady: { service: 'db', endpoints: {} },
      afterHealth: {
        services: {
          db: expect.objectContaining({ state: 'ready' }),
          api: expect.objectContaining({ state: 'ready' }),
        },
      },
      beforeDown: { services: expect.arrayContaining(['db', 'api']), config: { telemetry: true } },
      afterDown: { services: expect.arrayContaining(['db', 'api']), config: { telemetry: true } },
    };
    expect(payload).toMatchObject(fields[hook]);
  });
}
