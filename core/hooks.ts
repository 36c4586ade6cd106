import { AsyncParallelHook, AsyncSeriesHook, HookMap } from 'tapable';
import type { ResolvedConfig } from './config/config.ts';
import type { Endpoints, ServiceReport } from './events.ts';
import type { Plan } from './plan/plan.ts';

interface Payload {
  /** Aborts on Ctrl-C, and when the tap's time is up. */
  readonly signal: AbortSignal;
}

interface TakenDown {
  services: readonly string[];
  /** Undefined where it is broken: what is taken down is known by labels and records. */
  config: Readonly<ResolvedConfig> | undefined;
}

/** What the taps of each hook get: one named object, so that it can grow. */
export interface HookPayloads {
  /**
   * Once per host, after the layers were merged and validated. Change `config` in place; the result
   * is validated again and a defect is blamed on the plugin. A throw: nothing is started.
   */
  configure: Payload & { config: ResolvedConfig };
  /**
   * Once per host, for tasks that act on the project; not for listings and help. Connections are
   * opened on first use, not here. A throw: nothing is started.
   */
  initialize: Payload & { config: Readonly<ResolvedConfig>; task: string };
  /** Once per `up`: look, amend or veto. A throw: nothing is started. */
  beforeUp: Payload & {
    plan: Readonly<Plan>;
    /** Leaves a service out, and says why. */
    skip(service: string, why: string): void;
    /** Has an unchanged service made anew, and says why. */
    recreate(service: string, why: string): void;
    /**
     * Gives a service variables of this start alone: they are no change that would have it made anew, and
     * the service's own of the same name win. What is left as it is, or is a container that is only
     * started again, keeps those that it was made with.
     */
    pass(service: string, environment: Readonly<Record<string, string>>): void;
    /** Vetoes the whole `up`. */
    fail(why: string): never;
  };
  /**
   * When that service becomes ready, before its dependants start; not on a no-op.
   * A throw: that service fails.
   */
  serviceReady: Payload & { service: string; endpoints: Endpoints };
  /** Once per `up`, when every selected service is ready. A throw is reported; services stay up. */
  afterHealth: Payload & { services: Readonly<Record<string, ServiceReport>> };
  /** Around `down`, `rm` and `reset`. A throw is reported; the task goes on. */
  beforeDown: Payload & TakenDown;
  afterDown: Payload & TakenDown;
}

export type HookName = keyof HookPayloads;

/** Early taps run before normal ones, late ones after; within a stage, plugins in their order. */
export type Stage = 'early' | 'normal' | 'late';

export interface TapOptions {
  name: string;
  stage?: Stage;
  /** Milliseconds; default: the configuration's `hookTimeout`. */
  timeoutMs?: number;
}

/** Returns nothing: what has to change is changed through the payload. An async function is awaited. */
export type Tap<Name extends HookName> = (payload: HookPayloads[Name]) => void | Promise<void>;

export interface Tappable<Name extends HookName> {
  tap: (options: string | TapOptions, run: Tap<Name>) => void;
}

/** The hooks as a plugin sees them: it can tap, not call. */
export type Hooks = {
  readonly [Name in Exclude<HookName, 'serviceReady'>]: Tappable<Name>;
} & {
  readonly serviceReady: { for(service: string): Tappable<'serviceReady'> };
};

type Series<Name extends HookName> = AsyncSeriesHook<[HookPayloads[Name]]>;
type Parallel<Name extends HookName> = AsyncParallelHook<[HookPayloads[Name]]>;

/** Every hook there is, made in one place; the host calls them, plugins get `Hooks`. */
export interface HookTable {
  configure: Series<'configure'>;
  initialize: Series<'initialize'>;
  beforeUp: Series<'beforeUp'>;
  serviceReady: HookMap<Parallel<'serviceReady'>>;
  afterHealth: Parallel<'afterHealth'>;
  beforeDown: Series<'beforeDown'>;
  afterDown: Series<'afterDown'>;
}

export function createHookTable(): HookTable {
  return {
    configure: new AsyncSeriesHook(['payload'], 'configure'),
    initialize: new AsyncSeriesHook(['payload'], 'initialize'),
    beforeUp: new AsyncSeriesHook(['payload'], 'beforeUp'),
    serviceReady: new HookMap(() => new AsyncParallelHook(['payload'], 'serviceReady')),
    afterHealth: new AsyncParallelHook(['payload'], 'afterHealth'),
    beforeDown: new AsyncSeriesHook(['payload'], 'beforeDown'),
    afterDown: new AsyncSeriesHook(['payload'], 'afterDown'),
  };
}
