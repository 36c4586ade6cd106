import { type Clock, withDeadline } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import type { DevServicesError } from '../errors/error.ts';
import { reportError } from '../errors/report-error.ts';
import type { EventStream } from '../events.ts';
import {
  createHookTable,
  type HookName,
  type HookPayloads,
  type Hooks,
  type HookTable,
  type Stage,
  type Tap,
  type TapOptions,
} from '../hooks.ts';
import { blamePlugin } from './blame-plugin.ts';

// Their failures are reported, and the task goes on: what runs stays up, what must go still goes.
const collecting: ReadonlySet<HookName> = new Set(['afterHealth', 'beforeDown', 'afterDown']);

const stages: Readonly<Record<Stage, number>> = { early: -100, normal: 0, late: 100 };

/** What `fail()` of beforeUp throws; it becomes DS_PLUGIN_VETO with the plugin's name. */
export class Veto extends Error {}

export interface PluginHooks {
  /** What one plugin gets to see. */
  forPlugin(plugin: string): Hooks;
  /** Calls a hook. Rejects with the first failure, or gives all of them where a hook collects. */
  call<Name extends HookName>(
    name: Name,
    payload: HookPayloads[Name],
    options?: { service?: string; afterTap?: (plugin: string) => void },
  ): Promise<readonly DevServicesError[]>;
  /** Whether anybody tapped it. */
  isTapped(name: HookName, service?: string): boolean;
}

/** Real tapable hooks, with each tap awaited, timed, bounded and blamed. */
export function createPluginHooks(options: {
  clock: Clock;
  events: Pick<EventStream, 'emit'>;
  timeoutMs(): number;
}): PluginHooks {
  const table = createHookTable();
  const calls = new WeakMap<
    object,
    { failures: DevServicesError[]; afterTap?: (plugin: string) => void }
  >();

  const tappable = <Name extends HookName>(plugin: string, name: Name, service?: string) => ({
    tap(given: string | TapOptions, run: Tap<Name>) {
      const { stage = 'normal', timeoutMs } = typeof given === 'string' ? {} : given;
      const hook = service === undefined ? name : `${name}(${service})`;
      hookOf(table, name, service).tapPromise(
        { name: plugin, stage: stages[stage] },
        async (payload) => {
          const call = calls.get(payload);
          const began = options.clock.monotonic();
          try {
            await runTap(
              { clock: options.clock, ms: timeoutMs ?? options.timeoutMs(), plugin, hook },
              payload,
              run,
            );
            call?.afterTap?.(plugin);
          } catch (thrown) {
            // Ctrl-C is nobody's fault.
            if (payload.signal.aborted && thrown === payload.signal.reason) throw thrown;
            const error = blame(thrown, plugin, hook);
            options.events.emit({ event: 'hook-failed', plugin, hook, error: reportError(error) });
            if (!collecting.has(name)) throw error;
            call?.failures.push(error);
          } finally {
            const elapsedMs = Math.round(options.clock.monotonic() - began);
            options.events.emit({ event: 'hook-ended', plugin, hook, elapsedMs });
          }
        },
      );
    },
  });

  return {
    forPlugin: (plugin) => ({
      configure: tappable(plugin, 'configure'),
      initialize: tappable(plugin, 'initialize'),
      beforeUp: tappable(plugin, 'beforeUp'),
      afterHealth: tappable(plugin, 'afterHealth'),
      beforeDown: tappable(plugin, 'beforeDown'),
      afterDown: tappable(plugin, 'afterDown'),
      serviceReady: { for: (service) => tappable(plugin, 'serviceReady', service) },
    }),
    async call(name, payload, { service, afterTap } = {}) {
      const call = { failures: [], ...(afterTap ? { afterTap } : {}) };
      calls.set(payload, call);
      await hookOf(table, name, service).promise(payload);
      return call.failures;
    },
    isTapped: (name, service) => hookOf(table, name, service).isUsed(),
  };
}

interface CallableHook<Name extends HookName> {
  tapPromise(
    options: { name: string; stage: number },
    run: (payload: HookPayloads[Name]) => Promise<void>,
  ): void;
  promise(payload: HookPayloads[Name]): Promise<void>;
  isUsed(): boolean;
}

function hookOf<Name extends HookName>(
  table: HookTable,
  name: Name,
  service?: string,
): CallableHook<Name> {
  const hook = name === 'serviceReady' ? table.serviceReady.for(service) : table[name];
  return hook as unknown as CallableHook<Name>;
}

async function runTap<Name extends HookName>(
  bound: { clock: Clock; ms: number; plugin: string; hook: string },
  payload: HookPayloads[Name],
  run: Tap<Name>,
): Promise<void> {
  const { clock, ms, plugin, hook } = bound;
  const returned: unknown = await withDeadline(
    { clock, ms, signal: payload.signal },
    async (signal) => run({ ...payload, signal }),
    () => pluginErrors.create('DS_HOOK_TIMED_OUT', { plugin, hook, waited: formatDuration(ms) }),
  );
  if (returned === undefined) return;
  const what = Array.isArray(returned) ? 'an array' : `a value of type ${typeof returned}`;
  throw pluginErrors.create('DS_HOOK_RETURNED', { plugin, hook, returned: what });
}

function blame(thrown: unknown, plugin: string, hook: string): DevServicesError {
  if (thrown instanceof Veto) {
    return pluginErrors.create('DS_PLUGIN_VETO', { plugin, why: thrown.message });
  }
  return blamePlugin(thrown, { plugin, where: hook });
}
