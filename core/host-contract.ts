import type { Clock } from './clock.ts';
import type { ResolvedConfig } from './config/config.ts';
import type { ContractToken } from './contract-token.ts';
import type { Contracts } from './contracts.ts';
import type { EventStream } from './events.ts';
import type { ProjectIdentity } from './identity/project.ts';
import type { AttachRequest } from './lifecycle/attachment.ts';
import type { PluginDescription } from './lifecycle/describe-plugins.ts';
import type { ExecRequest } from './lifecycle/exec-in-service.ts';
import type { Diagnosis } from './lifecycle/diagnose.ts';
import type { ExplainedValue } from './lifecycle/explain-config.ts';
import type { RemoveOptions } from './lifecycle/remove-services.ts';
import type { ResetOptions } from './lifecycle/reset.ts';
import type { LogRequest } from './lifecycle/read-logs.ts';
import type { ServiceStats } from './lifecycle/read-stats.ts';
import type { ServiceRuns } from './lifecycle/list-runs.ts';
import type { ProjectStatus } from './lifecycle/status.ts';
import type { ToggleRequest } from './lifecycle/toggle-service.ts';
import type { TaskOutcome, Up, UpOptions } from './lifecycle/up.ts';
import type { Logger, LogLevel } from './log.ts';
import type { Plan } from './plan/plan.ts';
import type { PlanOptions } from './plan/plan-context.ts';
import type { Plugin } from './plugin/plugin.ts';
import type { LogLine } from './run/runner.ts';
import type { Selection } from './selection.ts';
import type { AnyTaskSpec } from './task-spec.ts';

/** What a host is made of; everything has a default. */
export interface HostOptions {
  /** The folder from which the configuration is looked for. Default: the process's own. */
  cwd?: string;
  /** Variables; default: the process's own. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Of a command line, the flags that every task takes: --config --project --engine --set. */
  argv?: readonly string[];
  /** Aborts everything that is under way; its reason is what ends them. */
  signal?: AbortSignal;
  clock?: Clock;
  /** When the command that it is made for was given, milliseconds since the epoch: its first plan was asked for then. */
  since?: number;
  /** Instead of the plugins that are there without being listed. */
  builtInPlugins?: readonly Plugin[];
  /** Asks the user whether the engine is to be started; undefined: there is nobody to ask. */
  ask?: (question: string) => Promise<boolean> | undefined;
}

/** One loaded project. Every step may be called by a task of a repo as by a built-in one. */
export interface Host {
  /** Folder of the configuration; of the git checkout, where the configuration is broken. */
  readonly root: string;
  /** Known after the first step. Throws DS_BUG_INVARIANT before. */
  readonly project: ProjectIdentity;
  readonly events: EventStream;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Options of the project by key, after `initialize`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Reads, merges and checks the configuration, and lets plugins change it. Asked twice: the first result. */
  configure(): Promise<ResolvedConfig>;
  /** Options, log, required options, `initialize` hooks. Asked twice: the first result. */
  initialize(task: string): Promise<void>;
  /** Waits for other tasks of this checkout, looks once at what there is, and decides what to do. */
  plan(options: PlanOptions & UpOptions): Promise<Up>;
  /**
   * What an `up` would decide just now. Waits for no other task, remembers nothing, starts nothing, not
   * even an engine; plugins' `beforeUp` may amend a real one.
   */
  preview(options: PlanOptions): Promise<Plan>;
  /** What the last `plan` of this host came to so far; also after Ctrl-C ended it. */
  outcome(): TaskOutcome;
  /** Stops and removes; data stays. Works from labels and records where the configuration is broken. */
  down(options: DownRequest): Promise<TaskOutcome>;
  /** `down` with data, of the named services or of all; asks through `confirm`, naming what is lost. */
  rm(options: RemoveOptions): Promise<TaskOutcome>;
  /** `down` of all, with data and state; asks through `confirm`, naming what is lost. */
  reset(options: ResetOptions): Promise<TaskOutcome>;
  /** `all`: every checkout of this machine. */
  status(options?: { all?: boolean }): Promise<readonly ProjectStatus[]>;
  /** What each instance that runs uses just now, where its runner can tell. */
  stats(): Promise<readonly ServiceStats[]>;
  /** Runs a command inside a service that runs; gives its exit status. Works from labels, too. */
  exec(request: ExecRequest): Promise<number>;
  /** Runs a service in the foreground and gives its exit status; one that runs is only followed. */
  attach(request: AttachRequest): Promise<number>;
  /**
   * Moves a service to another of its runs, pins it there, and makes running dependants anew whose
   * resolved run that changes; where nothing of it runs, it is only pinned. Data stays.
   */
  toggle(request: ToggleRequest): Promise<TaskOutcome>;
  /** How a service can run. Throws DS_SERVICE_UNKNOWN. */
  runs(service: string): Promise<ServiceRuns>;
  logs(request: LogRequest): AsyncIterable<LogLine>;
  plugins(options?: { allow?: readonly string[] }): Promise<readonly PluginDescription[]>;
  /** Everything that `up` needs, looked at; works whatever of it is broken. */
  diagnose(): Promise<Diagnosis>;
  /** Values below a dotted path with who wrote them; undefined where there is no such path. */
  explain(path?: string): Promise<readonly ExplainedValue[] | undefined>;
  /** What the services export, for processes of this machine; `only`: what these do. */
  exports(only?: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Names of the services that take part, with what they need. Throws DS_SERVICE_UNKNOWN. */
  select(selection: Selection): Promise<readonly string[]>;
  /** Tasks that plugins brought, by name. */
  pluginTasks(): Promise<ReadonlyMap<string, { plugin: string; spec: AnyTaskSpec }>>;
  use<Token extends ContractToken>(token: Token): Promise<Contracts[Token]>;
  /**
   * Reads whatever the configuration marks as secret, so that `redact` knows it without a plan. Gives why
   * some could not be read.
   */
  learnSecrets(): Promise<readonly unknown[]>;
  /** The text without the secrets that this host knows, as its events have it. */
  redact(text: string): string;
  /** Lines below this level are not told. */
  setLogLevel(level: LogLevel): void;
  /** Undoes in reverse what was opened; never throws, failures are told. */
  close(): Promise<void>;
}

export interface DownRequest {
  services?: readonly string[];
  removeOrphans?: boolean;
}
