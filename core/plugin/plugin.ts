import type { z } from 'zod';
import type { ContractToken } from '../contract-token.ts';
import type { Contracts } from '../contracts.ts';
import type { EventStream, StateName } from '../events.ts';
import type { Hooks } from '../hooks.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Granted } from '../permissions/accessors.ts';
import type { Permissions } from '../permissions/permissions.ts';
import type { Runner } from '../run/runner.ts';
import type { Service } from '../service/service.ts';
import type { Settings } from '../settings.ts';
import type { AnyTaskSpec } from '../task-spec.ts';

/** What a factory learns; called on first need, so that what is not used costs nothing. */
export interface RunnerContext {
  /** `--engine`, `DEVSERVICES_ENGINE` or the configuration's `engine`. */
  engine: string | undefined;
  /** Who said so, as people read it: `--engine`, `$DEVSERVICES_ENGINE`, a file. */
  engineSource?: string;
  /** Folder of the configuration. */
  root: string;
  /** Folder of what can be made again at any time, shared by all checkouts; may not be there yet. */
  cacheFolder: string;
  /** Folder of what is remembered; each checkout has its own, named by its id, in it. */
  stateHome: string;
  /** Folder for sockets, this user's own; may not be there yet. */
  runtimeFolder: string;
  /** This checkout's own folder in `stateHome`; there, and nobody else's to read. */
  checkoutFolder: string;
  /** Name of the project. */
  project: string;
  /** How a service is just now, and what it exports for this machine. Throws DS_SERVICE_UNKNOWN. */
  inspect(service: string): Promise<InspectedService>;
}

/** A service as it is just now. */
export interface InspectedService {
  state: StateName;
  exports: Readonly<Record<string, string>>;
}

/** What `setup` gets, besides the accessors that the plugin's permissions grant. */
export interface PluginContext<Options> {
  /** Validated by the plugin's schema. */
  readonly options: Options;
  readonly services: {
    /** Adds a service below every file layer: a repo can change each of its fields. */
    add(name: string, service: Service): void;
  };
  readonly hooks: Hooks;
  /** Brings the code that runs a kind of run; `schema` checks that kind in configurations. */
  runner(
    kind: string,
    factory: (context: RunnerContext) => Runner | Promise<Runner>,
    schema?: z.ZodType,
  ): void;
  /** Adds a command; a repo's task of the same name wins over it. */
  task(spec: AnyTaskSpec): void;
  /** Offers something to other plugins and tasks; made on first use, once. */
  expose<Token extends ContractToken>(
    token: Token,
    factory: (context: RunnerContext) => Contracts[Token] | Promise<Contracts[Token]>,
  ): void;
  /** Asks for what another plugin exposes. Throws DS_CONTRACT_MISSING naming both sides. */
  use<Token extends ContractToken>(token: Token): Promise<Contracts[Token]>;
  /**
   * Adds to what another plugin exposes, right after it is made and before anybody gets it. Costs
   * nothing where nobody asks for it, and is left out where nobody exposes it.
   *
   * @example
   * extend('permissions', (names) => names.declare({ name: 'mail.read', description: 'Reads all mail' }));
   */
  extend<Token extends ContractToken>(
    token: Token,
    extension: (contract: Contracts[Token]) => void | Promise<void>,
  ): void;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly events: EventStream;
  /** Runs last-in-first-out at exit, on Ctrl-C and after a failed start. */
  defer(undo: () => void | Promise<void>): void;
  /** Aborts when the host is interrupted or closed. */
  readonly signal: AbortSignal;
}

/** What `definePlugin` takes. */
export interface PluginSpec<Schema extends z.ZodType, Asked extends Permissions> {
  /** Kebab-case: folder, log prefix, key in `plugins`. */
  name: string;
  /** Checks and defaults the options; without one, options are refused. */
  options?: Schema;
  /** Plugins that come before this one, where they are loaded. */
  after?: readonly string[];
  before?: readonly string[];
  permissions?: Asked;
  /** Options of the project that this plugin reads, with defaults and legacy names. */
  settings?: Settings;
  /** Fields of services that this plugin reads, each with what it takes; see `ServiceFields`. */
  serviceFields?: Readonly<Record<string, z.ZodType>>;
  /** Synchronous, no I/O: says what the plugin brings. Connections are opened on first use. */
  setup(ctx: PluginContext<z.output<Schema>> & Granted<Asked>): void;
}

/** A plugin with its options, as it stands in a configuration. */
export interface Plugin {
  readonly pluginName: string;
  readonly spec: PluginSpec<z.ZodType, Permissions>;
  readonly options: unknown;
  /** The file that called definePlugin, for blame and for devservices.lock. */
  readonly source: string | undefined;
}

/** Stands in a configuration as it is, or called with options. */
export interface PluginFactory<Input> extends Plugin {
  (options?: Input): Plugin;
}
