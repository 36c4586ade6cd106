import type { z } from 'zod';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { EventStream } from '../events.ts';
import type { HookName, Tappable } from '../hooks.ts';
import { createLogger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { grantAccessors, type GrantContext } from '../permissions/grant-accessors.ts';
import type { Runner } from '../run/runner.ts';
import type { Service } from '../service/service.ts';
import { isCoreServiceField } from '../service/service-keys.ts';
import type { AnyTaskSpec } from '../task-spec.ts';
import type { ContractRegistry } from './contract-registry.ts';
import { beginSetup, type Setup } from './begin-setup.ts';
import { blamePlugin } from './blame-plugin.ts';
import { orderPlugins } from './order-plugins.ts';
import type { Plugin, PluginContext, RunnerContext } from './plugin.ts';
import type { PluginHooks } from './plugin-hooks.ts';

export interface BroughtRunner {
  plugin: string;
  factory(context: RunnerContext): Runner | Promise<Runner>;
  schema: unknown;
}

/** What the loaded plugins brought. */
export interface PluginHost {
  /** In the order in which they were set up. */
  readonly plugins: readonly { plugin: Plugin; failure?: DevServicesError }[];
  readonly services: ReadonlyMap<
    string,
    { plugin: string; services: Readonly<Record<string, Service>> }
  >;
  readonly runners: ReadonlyMap<string, BroughtRunner>;
  readonly tasks: ReadonlyMap<string, { plugin: string; spec: AnyTaskSpec }>;
  /** Of `refused` plugins and of those that failed as well. */
  readonly serviceFields: ReadonlyMap<string, { plugin: string; schema: z.ZodType }>;
  /** Why plugins could not be set up; the others are there all the same. */
  readonly failures: readonly DevServicesError[];
}

export interface PluginHostOptions {
  plugins: readonly Plugin[];
  /** Not set up, as their options are wrong: what a file says for one is not what is wrong. */
  refused?: readonly Plugin[];
  hooks: PluginHooks;
  contracts: ContractRegistry;
  events: EventStream;
  metrics: Metrics;
  signal: AbortSignal;
  defer(undo: () => void | Promise<void>): void;
  grants: Omit<GrantContext, 'who' | 'engine'>;
}

/** Orders the plugins and sets each up; one that fails is left out whole and named. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  const runners = new Map<string, BroughtRunner>();
  const tasks = new Map<string, { plugin: string; spec: AnyTaskSpec }>();
  const services = new Map<string, { plugin: string; services: Record<string, Service> }>();
  const serviceFields = new Map<string, { plugin: string; schema: z.ZodType }>();
  const plugins = orderPlugins(options.plugins).map((plugin) => {
    const setting = beginSetup();
    try {
      claimFields(plugin, serviceFields);
      const claim = <T extends { plugin: string }>(
        table: Map<string, T>,
        what: string,
        name: string,
        value: T,
      ) => {
        const other = table.get(name);
        const both = [other?.plugin ?? '', plugin.pluginName] as const;
        if (other) throw pluginErrors.create('DS_PLUGIN_CLASH', { what, name, plugins: both });
        setting.later(() => table.set(name, value));
      };
      const own: Record<string, Service> = {};
      setUp(plugin, options, {
        ...setting,
        service: (name, service) => void (own[name] = service),
        runner: (kind, runner) => claim(runners, 'runner', kind, runner),
        task: (spec) => claim(tasks, 'task', spec.name, { plugin: plugin.pluginName, spec }),
      });
      setting.keep();
      services.set(plugin.pluginName, { plugin: plugin.pluginName, services: own });
      return { plugin };
    } catch (thrown) {
      setting.drop();
      return {
        plugin,
        failure: blamePlugin(thrown, { plugin: plugin.pluginName, where: 'setup' }),
      };
    }
  });
  for (const plugin of options.refused ?? []) {
    try {
      claimFields(plugin, serviceFields);
    } catch {
      // That it is refused is told already.
    }
  }
  return {
    plugins,
    services,
    runners,
    tasks,
    serviceFields,
    failures: plugins.flatMap(({ failure }) => failure ?? []),
  };
}

function claimFields(
  { pluginName: plugin, spec }: Plugin,
  claimed: Map<string, { plugin: string; schema: z.ZodType }>,
): void {
  for (const [name, schema] of Object.entries(spec.serviceFields ?? {})) {
    if (isCoreServiceField(name)) {
      throw pluginErrors.create('DS_PLUGIN_FIELD_TAKEN', { plugin, field: name });
    }
    const other = claimed.get(name);
    if (other) {
      const facts = { what: 'field of services', name, plugins: [other.plugin, plugin] as const };
      throw pluginErrors.create('DS_PLUGIN_CLASH', facts);
    }
    // What comes from another version of zod would fail in the middle of a check, and blame nobody.
    if (!('_zod' in schema)) throw new Error(`serviceFields.${name} is no schema of zod 4`);
    claimed.set(name, { plugin, schema });
  }
}

interface Brought extends Pick<Setup, 'later' | 'undo'> {
  service(name: string, service: Service): void;
  runner(kind: string, runner: BroughtRunner): void;
  task(spec: AnyTaskSpec): void;
}

function setUp(plugin: Plugin, host: PluginHostOptions, brought: Brought): void {
  const { pluginName, spec } = plugin;
  const use: PluginContext<unknown>['use'] = (token) =>
    host.contracts.use(`the plugin ${pluginName}`, token);
  const hooks = host.hooks.forPlugin(pluginName);
  const context: PluginContext<unknown> = {
    options: plugin.options,
    services: { add: brought.service },
    hooks: deferTaps(hooks, brought.later),
    runner: (kind, factory, schema) =>
      brought.runner(kind, { plugin: pluginName, factory, schema }),
    task: brought.task,
    expose(token, factory) {
      host.contracts.assertFree(pluginName, token);
      brought.later(() => host.contracts.expose(pluginName, token, factory));
    },
    use,
    extend: (token, extension) =>
      brought.later(() => host.contracts.extend(pluginName, token, extension)),
    log: createLogger(host.events, pluginName),
    metrics: host.metrics,
    events: {
      emit: host.events.emit,
      subscribe(sink, how) {
        const leave = host.events.subscribe(sink, how);
        brought.undo(leave);
        return leave;
      },
    },
    defer: host.defer,
    signal: host.signal,
  };
  const granted = grantAccessors(spec.permissions ?? {}, {
    ...host.grants,
    who: `The plugin ${pluginName}`,
    engine: () => use('engine' as never),
  });
  // What a declaration grants is known to its author's types only.
  const setup = spec.setup as (ctx: PluginContext<unknown>) => unknown;
  const returned = setup(Object.freeze({ ...context, ...granted }));
  if (returned instanceof Promise) {
    // Its failure has an error of its own below; a second, unhandled one would hide it.
    returned.catch(() => {});
    throw pluginErrors.create('DS_PLUGIN_SETUP_ASYNC', { plugin: pluginName });
  }
}

function deferTaps(
  hooks: PluginContext<unknown>['hooks'],
  later: (keep: () => void) => void,
): PluginContext<unknown>['hooks'] {
  const tapper = <Name extends HookName>({ tap }: Tappable<Name>): Tappable<Name> => ({
    tap: (options, run) => later(() => tap(options, run)),
  });
  return {
    configure: tapper(hooks.configure),
    initialize: tapper(hooks.initialize),
    beforeUp: tapper(hooks.beforeUp),
    afterHealth: tapper(hooks.afterHealth),
    beforeDown: tapper(hooks.beforeDown),
    afterDown: tapper(hooks.afterDown),
    serviceReady: { for: (service) => tapper(hooks.serviceReady.for(service)) },
  };
}
