import type { Clock } from '../clock.ts';
import type { ResolvedConfig } from '../config/config.ts';
import { asErrors } from '../errors/as-error.ts';
import { createEventStream, type EventStream } from '../events.ts';
import { createLogger, isShown, type Logger, type LogLevel } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { loadBuiltInPlugins } from '../plugin/built-in-plugins.ts';
import { type ContractRegistry, createContractRegistry } from '../plugin/contract-registry.ts';
import { createPluginHooks, type PluginHooks } from '../plugin/plugin-hooks.ts';
import type { Plugin, RunnerContext } from '../plugin/plugin.ts';
import { createPluginHost, type PluginHostOptions } from '../plugin/plugin-host.ts';
import { createRedactor, type Redactor } from '../redact.ts';
import type { HostFlags } from './global-flags.ts';
import { inPhase } from './phase.ts';
import { checkProject, type LoadedProject, loadKinds, loadProject, recheck } from './configure.ts';

/** Asks the user something that is done only when agreed to; undefined: there is nobody to ask. */
export type HostAsk = (question: string) => Promise<boolean> | undefined;

/** What everything in one host stands on, from its first moment. */
export interface HostBase {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  flags: HostFlags;
  signal: AbortSignal;
  clock: Clock;
  builtInPlugins: readonly Plugin[] | undefined;
  ask: HostAsk | undefined;
  events: EventStream;
  log: Logger;
  redactor: Redactor;
  /** Where transformed modules are kept. */
  cacheFolder: string;
  /** What `devservices` means in a repo's modules: this very copy. */
  library: string;
  defer(undo: () => void | Promise<void>): void;
  /** For plugins that are set up; those of before get nothing more. */
  beginMetrics(): Metrics;
  /** What the services export; for the commands of plugins. */
  exports(only?: readonly string[]): Promise<Readonly<Record<string, string>>>;
  project(): string;
  /** What plugins get that may have the project: a ProjectAccess. */
  access: unknown;
  /** What runners and contracts are made from. Throws DS_BUG_INVARIANT before the first step. */
  runnerContext(): RunnerContext;
}

/** A host with its plugins; `config` is there unless it is broken. */
export interface LoadedHost extends Omit<LoadedProject, 'layers' | 'pluginErrors'> {
  config: ResolvedConfig | undefined;
  hooks: PluginHooks;
  contracts: ContractRegistry;
}

/** Loads, checks, and lets `configure` taps change the configuration; whatever is wrong is thrown. */
export async function loadHost(base: HostBase): Promise<LoadedHost & { config: ResolvedConfig }> {
  const parts = createParts(base);
  const builtIn = async () => base.builtInPlugins ?? loadBuiltInPlugins();
  const { config: configFile, ...flags } = base.flags;

  const loaded = await inPhase(base, { phase: 'load' }, () =>
    loadProject({ ...base, configFile, flags }, parts.hostOptions, builtIn),
  );
  const kinds = await loadKinds(loaded, { isOpen: parts.hooks.isTapped('configure') });
  const checked = await inPhase(base, { phase: 'validate' }, () => checkProject(loaded, kinds));
  parts.hookTimeoutMs = checked.hookTimeoutMs;
  const config = await inPhase(base, { phase: 'configure' }, async () => {
    let current = checked;
    if (!parts.hooks.isTapped('configure')) return current;
    const draft = structuredCopy(checked);
    const afterTap = (plugin: string) => {
      // Who has turned it off is not overruled by a plugin, whatever that does with it.
      if (!current.telemetry) draft.telemetry = false;
      current = recheck(loaded, { draft, plugin, kinds });
    };
    await parts.hooks.call('configure', { config: draft, signal: base.signal }, { afterTap });
    return current;
  });
  return { ...loaded, config, hooks: parts.hooks, contracts: parts.contracts };
}

/**
 * A host for what needs only labels and records: no configuration, and the plugins that could be set
 * up; where not even the layers can be read, the built-in ones.
 */
export async function loadWithoutConfig(base: HostBase, root: string): Promise<LoadedHost> {
  const parts = createParts(base);
  const { config: configFile, ...flags } = base.flags;
  const builtIn = async () => base.builtInPlugins ?? loadBuiltInPlugins();
  try {
    const loaded = await loadProject({ ...base, configFile, flags }, parts.hostOptions, builtIn);
    return { ...loaded, config: undefined, ...parts };
  } catch {
    // Said by whoever tried to configure.
    return loadBuiltInsAlone(base, root);
  }
}

async function loadBuiltInsAlone(base: HostBase, root: string): Promise<LoadedHost> {
  const parts = createParts(base);
  const plugins = base.builtInPlugins ?? (await loadBuiltInPlugins());
  const pluginHost = createPluginHost({
    ...parts.hostOptions(root),
    plugins: plugins.map((plugin) => ({ ...plugin, options: defaultOptions(plugin) })),
  });
  const origins = { of: () => undefined, near: () => undefined, defects: [] };
  return { root, merged: {}, origins, pluginHost, config: undefined, ...parts };
}

interface Parts {
  hookTimeoutMs: number;
  contracts: ContractRegistry;
  hooks: PluginHooks;
  hostOptions(root: string): Omit<PluginHostOptions, 'plugins'>;
}

function createParts(base: HostBase): Parts {
  const metrics = base.beginMetrics();
  const parts: Parts = {
    hookTimeoutMs: 60_000,
    contracts: createContractRegistry(base.runnerContext),
    hooks: createPluginHooks({
      clock: base.clock,
      events: base.events,
      timeoutMs: () => parts.hookTimeoutMs,
    }),
    hostOptions: (root) => ({
      hooks: parts.hooks,
      contracts: parts.contracts,
      events: base.events,
      metrics,
      signal: base.signal,
      defer: base.defer,
      grants: {
        root,
        env: base.env,
        signal: base.signal,
        exports: base.exports,
        project: base.access,
      },
    }),
  };
  return parts;
}

function defaultOptions({ spec, options }: Plugin): unknown {
  return spec.options ? spec.options.safeParse(options ?? {}).data : options;
}

// Taps change records and lists; functions, secrets and the like in them stay what they are.
function structuredCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCopy) as T;
  const isPlain =
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
  if (!isPlain) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, structuredCopy(child)]),
  ) as T;
}

/** The first things of a host: events without secrets, and a log with a level. */
export function createVoice(options: { clock: Clock; project(): string }) {
  const redactor = createRedactor();
  const stream = createEventStream({
    now: () => options.clock.now(),
    project: options.project,
    redact: (body) => redactor.redactEvent(body),
  });
  let level: LogLevel = 'info';
  const events: EventStream = {
    ...stream,
    emit(body) {
      if (body.event !== 'message' || isShown(body.level, level)) stream.emit(body);
    },
  };
  return {
    redactor,
    events,
    log: createLogger(events),
    setLevel: (next: LogLevel) => void (level = next),
  };
}

/** One line for each of the things that are wrong, for tasks that go on without a configuration. */
export function briefly(thrown: unknown): string {
  return asErrors(thrown)
    .map(({ message }) => message.split('\n')[0]?.replace(/:$/, '.'))
    .join(' ');
}
