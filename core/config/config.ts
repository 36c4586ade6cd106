import type { Duration } from '../duration.ts';
import type { Permissions } from '../permissions/permissions.ts';
import type { ContainerFields } from '../run/run.ts';
import type { Service } from '../service/service.ts';

/** A small task in the configuration, run by the shell in the configuration's folder. */
export interface InlineTask {
  command: string;
  description?: string;
  needs?: readonly string[];
}

/** What to do where the engine does not run and a way to start it is known. */
export type EngineStart = 'ask' | 'auto' | 'never';

/** Where containers run. */
export interface EngineConfig {
  /** Default: the current docker context, else a known socket. */
  url?: string;
  /** Default: `ask`, which without a terminal says the command instead. */
  start?: EngineStart;
}

/** What `definePlugin` returned, called with options or not. */
export interface PluginValue {
  readonly pluginName: string;
  readonly options: unknown;
}

/** One service as a layer writes it: whole, or only what it changes of the layers below. */
export type ServiceLayer = Partial<Omit<Service, 'run'>> & {
  run?: Service['run'] | Readonly<Record<string, Partial<ContainerFields>>>;
};

/** A plugin itself, or where to import it from (`'./plugins/mail.ts'`, `'devservices-mail'`) with its options. */
export type PluginEntry = PluginValue | string | readonly [from: string, options: unknown];

/**
 * A layer of configuration, as a file writes it. Records merge by key over the layers, arrays
 * replace, `null` removes; plugins merge by name.
 *
 * @example
 * export default defineConfig({
 *   services: { redis: { run: container({ image: 'redis:7-alpine' }), ports: { redis: 6379 } } },
 * });
 */
export interface Config {
  /** Default: the folder's name. */
  project?: string;
  /** Files or packages whose configuration lies below this one. */
  extends?: string | readonly string[];
  /** Where containers run; a text is the `url`. */
  engine?: string | EngineConfig;
  services?: Readonly<Record<string, ServiceLayer | null>>;
  /** A list, or a record of options by plugin name (`null` removes, built-in ones included). */
  plugins?: readonly PluginEntry[] | Readonly<Record<string, unknown>>;
  tasks?: Readonly<Record<string, string | InlineTask | null>>;
  /** Narrows what this repo's own tasks may do; default: everything. */
  permissions?: Permissions;
  /** Values of declared settings by dotted key, e.g. `log.level`. */
  options?: Readonly<Record<string, unknown>>;
  /** A YAML or JSON file of options, below `options`; nested keys are joined with dots. */
  optionsFile?: string;
  /** Longest time a tap of a hook may take. Default 60 s. */
  hookTimeout?: Duration;
  /**
   * False: plugins send nothing of what is measured or went wrong to anybody. Default true, and nothing is
   * sent unless a plugin is told where to. `--no-telemetry` and `DO_NOT_TRACK=1` win over it.
   */
  telemetry?: boolean;
}

/** Gives a configuration its type; returns it unchanged. */
export function defineConfig(config: Config): Config {
  return config;
}

/** The merged and validated configuration, which `configure` hooks may still change. */
export interface ResolvedConfig {
  project: string;
  engine: { url: string | undefined; start: EngineStart };
  services: Record<string, Service>;
  tasks: Record<string, InlineTask>;
  permissions: Permissions | undefined;
  options: Record<string, unknown>;
  hookTimeoutMs: number;
  /** False: nothing may be sent to anybody. */
  telemetry: boolean;
}
