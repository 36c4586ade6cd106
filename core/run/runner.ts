import type { OwnedData } from './owned.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { AttachedCommand } from './attached-command.ts';
import type { Attached, AttachedRun } from './attached-run.ts';
import type { Finding } from './finding.ts';
import type { Instance, PortBinding, ResolvedRun, Target } from './instance.ts';
import type { InstanceStats } from './instance-stats.ts';
import type { RunnerEvent } from './runner-event.ts';
import type { Run } from './run.ts';
import type {
  LogOptions,
  NormaliseContext,
  PrepareOptions,
  RefreshOptions,
  Relay,
  RunContext,
} from './runner-options.ts';

export type { OwnedData } from './owned.ts';
export type { AttachedCommand } from './attached-command.ts';
export type * from './attached-run.ts';
export type * from './instance.ts';
export type { InstanceStats } from './instance-stats.ts';
export type * from './runner-options.ts';

/** What one look at a project found. */
export interface Observation {
  instances: readonly Instance[];
  /** Ours by label, of services that the observer is not asked to know. */
  foreign: readonly { name: string; service: string; checkout: string }[];
  /** Ports of this machine that the runner itself keeps for services, also while those do not run. */
  kept?: readonly KeptPort[];
}

/** A port of this machine that stays a service's. */
export interface KeptPort {
  service: string;
  port: number;
}

/** Whether a runner can run here, and if not, why. */
export type Availability = { available: true } | { available: false; error: DevServicesError };

/** Who asks for an address: this machine's processes, or something that another runner kind runs. */
export type Viewpoint = 'host' | (string & {});

/** A host and a port to connect to. */
export interface Address {
  host: string;
  port: number;
}

/** One line that a service wrote. */
export interface LogLine {
  service: string;
  stream: 'stdout' | 'stderr';
  text: string;
  /** ISO time, where the runner knows it. */
  at?: string;
}

export type { RunnerEvent } from './runner-event.ts';

/** What came of a command inside an instance. */
export interface ExecResult {
  exitCode: number;
  /** Both streams, the last 16 KiB. */
  output: string;
}

/** What a target starts from, and is not on this machine. */
export interface MissingImage {
  service: string;
  image: string;
  /** Size of what would have to be fetched, where it is known. */
  bytes?: number;
  /** Nothing that a registry has: it would have to be built here. */
  isBuilt?: boolean;
  /** What is here instead, as people read it: `here for linux/amd64 only`. */
  note?: string;
}

/** A known way to start what a runner needs, e.g. Docker Desktop. */
export interface Starter {
  /** As people read it. */
  what: string;
  /** The command, as one would type it. */
  command: string;
  /** Resolves when it was asked to start; `available` tells when it is there. */
  start(signal: AbortSignal): Promise<void>;
}

/**
 * Runs one kind of run. Core decides what happens; a runner acts and reports. Every method may throw a
 * DevServicesError; none prints.
 */
export interface Runner {
  readonly kind: string;
  /** Whether it can run here and now, and if not, why. */
  available(signal: AbortSignal): Promise<Availability>;
  /**
   * Whether this very run can be had here, where `available` says that the runner itself can: its
   * program is not installed, for one. Absent: whatever it is.
   */
  canRun?(run: Run, context: RunContext, signal: AbortSignal): Promise<Availability>;
  /** The run with defaults made explicit and paths absolute; changes nothing. Throws on what cannot be. */
  normalise(run: Run, context: NormaliseContext): ResolvedRun | Promise<ResolvedRun>;
  /** Whether the run's own policy starts it again after this exit. */
  restartsAfter(run: ResolvedRun, exitCode: number): boolean;
  /** Everything that exists of the project, in one look. */
  observe(project: ProjectIdentity, signal: AbortSignal): Promise<Observation>;
  /** At the beginning of each `up`: looks after what runs of the project and was left alone. Cheap. */
  tend?(project: ProjectIdentity, signal: AbortSignal): Promise<void>;
  /** What services share (a network). Idempotent. */
  ensureProject(project: ProjectIdentity, signal: AbortSignal): Promise<void>;
  /** Pull and create, so that `start` is one request. */
  prepare(target: Target, options: PrepareOptions): Promise<Instance>;
  start(target: Target, instance: Instance, signal: AbortSignal): Promise<Instance>;
  stop(instance: Instance, options: { signal: AbortSignal }): Promise<void>;
  /** Removes the instance, keeps its named data. */
  remove(instance: Instance, signal: AbortSignal): Promise<void>;
  /** What `removeData` would lose, by name. */
  listData(
    project: ProjectIdentity,
    services: readonly string[] | 'all',
  ): Promise<readonly OwnedData[]>;
  removeData(found: OwnedData, signal: AbortSignal): Promise<void>;
  /** Where one port is reached from. Pure. */
  address(
    target: { service: string; project: ProjectIdentity; port: PortBinding; run?: Run },
    from: Viewpoint,
  ): Address;
  /** Whether something really listens on the port inside: a published port proves nothing. */
  listens(instance: Instance, port: PortBinding, signal: AbortSignal): Promise<boolean>;
  /** Where a host-side HTTP probe should ask. */
  probeAddress(instance: Instance, port: PortBinding, signal: AbortSignal): Promise<Address>;
  logs(instance: Instance, options: LogOptions): AsyncIterable<LogLine>;
  exec(instance: Instance, command: readonly string[], signal: AbortSignal): Promise<ExecResult>;
  /** Exits, health and removals from now on; is listening when it resolves. */
  watch(project: ProjectIdentity, signal: AbortSignal): Promise<AsyncIterable<RunnerEvent>>;
  /** Removes what `ensureProject` made. */
  dropProject(project: ProjectIdentity, signal: AbortSignal): Promise<void>;
  /** Who holds a port of this machine, if this runner can tell (a container's name). */
  portOwner?(port: number): Promise<string | undefined>;
  /** Makes anew what these targets start from, before the plan is made; starts nothing. */
  refresh?(targets: readonly Target[], options: RefreshOptions): Promise<void>;
  /** What these targets start from and is not here; asks no network. */
  listMissing?(targets: readonly Target[], signal: AbortSignal): Promise<readonly MissingImage[]>;
  /**
   * Runs a command inside, joined to the caller's streams; resolves with its exit status. Where it
   * cannot be run, throws an error with `shellStatus` 126 or 127 in its facts, as shells have them.
   */
  execAttached?(instance: Instance, command: AttachedCommand): Promise<number>;
  /**
   * Instead of `start`: runs it on the caller's own streams, terminal and all, and resolves when it
   * runs. `stop`, `remove` and what else looks at it elsewhere take it as any other.
   */
  runAttached?(target: Target, instance: Instance, attached: AttachedRun): Promise<Attached>;
  /** What the engine's own healthcheck said last, in words; undefined where it said nothing yet. */
  lastCheck?(instance: Instance, signal: AbortSignal): Promise<string | undefined>;
  /**
   * The address of this machine at which its instances arrive when they ask for it, where what listens
   * on loopback alone is not reached from them; undefined where it is. After `ensureProject`.
   */
  gateway?(project: ProjectIdentity, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Makes a port that one of its instances listens on reachable at another address of this machine as
   * well, under the same number, for as long as the instance is there. Cheap where it is so already.
   */
  relay?(route: Relay, signal: AbortSignal): Promise<void>;
  /** How what it needs could be started, where it is not available and a way is known. */
  findStarter?(signal: AbortSignal): Promise<Starter | undefined>;
  /** When its present run began, by the runner's own clock, where `observe` does not tell. */
  findStart?(instance: Instance, signal: AbortSignal): Promise<number | undefined>;
  /** What an instance that runs uses just now; undefined where it has just ended. */
  stats?(instance: Instance, signal: AbortSignal): Promise<InstanceStats | undefined>;
  /** What `doctor` should know; throws nothing. */
  diagnose?(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Ends connections. */
  close(): Promise<void>;
}
