import type { OwnedData } from './owned.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { Endpoints, ImageProgress } from '../events.ts';
import type { Logger } from '../log.ts';
import type { AttachedCommand } from './attached-command.ts';
import type { Finding } from './finding.ts';
import type { RunnerEvent } from './runner-event.ts';
import type { Json, Run } from './run.ts';
import type { FileContents } from './storage-fields.ts';

export type { OwnedData } from './owned.ts';
export type { AttachedCommand } from './attached-command.ts';

/** A run after everything in it is known: plain JSON, hashed field by field. */
export type ResolvedRun = { readonly kind: string } & { readonly [field: string]: Json };

/** A port of one service in one plan; `host` is the one on this machine. */
export interface PortBinding {
  name: string;
  container: number;
  host: number;
  protocol: 'tcp' | 'udp';
  /** Address of this machine on which it is published; absent: 127.0.0.1. */
  interface?: string;
}

/** One service as a runner gets it: resolved, nothing left to decide. */
export interface Target {
  project: ProjectIdentity;
  service: string;
  /** Which entry of the service's `run` this is. */
  runKey: string;
  run: ResolvedRun;
  ports: readonly PortBinding[];
  /** Goes into the spec label: `{ v, fields }`. */
  spec: Spec;
}

/** What a label on the instance remembers of its resolved run: a short HMAC for each field. */
export interface Spec {
  readonly v: 1;
  readonly fields: Readonly<Record<string, string>>;
}

/** How an instance stands, in the engines’ words. */
export type InstanceStatus = 'created' | 'running' | 'paused' | 'restarting' | 'exited';

/** A container or process that exists, as one look saw it. */
export interface Instance {
  /** The kind of run, which names the runner that knows it. */
  kind: string;
  service: string;
  runKey: string;
  /** The runner's own name of it (container id, pid). */
  id: string;
  /** New at each start: readiness seen once is only true of one generation. */
  generation: string;
  status: InstanceStatus;
  exitCode?: number;
  health?: 'starting' | 'healthy' | 'unhealthy';
  spec?: Spec;
  /** Set when what it was made from is no longer what its name means, e.g. a re-tagged image. */
  drift?: { field: string; text: string };
  /** Ports on this machine that it holds while it runs. */
  endpoints: Endpoints;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** By the runner's own clock, milliseconds since the epoch, where one look tells it. */
  startedAt?: number;
  /** When the run before ended, by the same clock, where that is known. */
  endedAt?: number;
}

/** What one look at a project found. */
export interface Observation {
  instances: readonly Instance[];
  /** Ours by label, of services that the observer is not asked to know. */
  foreign: readonly { name: string; service: string; checkout: string }[];
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

/** How `prepare` is to get an image, and who hears of it. */
export interface PrepareOptions {
  pull: 'missing' | 'always' | 'never';
  signal: AbortSignal;
  onProgress(progress: ImageProgress): void;
  /** An instance of an earlier plan that this one replaces. */
  replaces?: Instance;
}

export interface RefreshOptions {
  /** Builds what is built, also where it is there (`--build`). */
  build: boolean;
  /** Asks the registries for what is newer than what is here (`--update`). */
  update: boolean;
  /** Says what would be built and asked, and does nothing. */
  isDry: boolean;
  signal: AbortSignal;
  onProgress(progress: ImageProgress): void;
  /** For what people should know: what a dry run would do, a registry that could not be asked. */
  log: Pick<Logger, 'info' | 'warn'>;
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
  /** Pure: the run with defaults made explicit and paths absolute. Throws on what cannot be. */
  normalise(run: Run, context: NormaliseContext): ResolvedRun;
  /** Whether the run's own policy starts it again after this exit. */
  restartsAfter(run: ResolvedRun, exitCode: number): boolean;
  /** Everything that exists of the project, in one look. */
  observe(project: ProjectIdentity, signal: AbortSignal): Promise<Observation>;
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
  /** What the engine's own healthcheck said last, in words; undefined where it said nothing yet. */
  lastCheck?(instance: Instance, signal: AbortSignal): Promise<string | undefined>;
  /** How what it needs could be started, where it is not available and a way is known. */
  findStarter?(signal: AbortSignal): Promise<Starter | undefined>;
  /** When its present run began, by the runner's own clock, where `observe` does not tell. */
  findStart?(instance: Instance, signal: AbortSignal): Promise<number | undefined>;
  /** What `doctor` should know; throws nothing. */
  diagnose?(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Ends connections. */
  close(): Promise<void>;
}

/** What a run is normalised with. */
export interface NormaliseContext {
  service: string;
  project: ProjectIdentity;
  /** Folder of the configuration, for relative paths. */
  root: string;
  /** The run's environment after functions, templates, secrets and dependencies' exports. */
  environment: Readonly<Record<string, string>>;
  /** What the run's secrets and configs hold. */
  files?: FileContents;
}

/** Data of a service that outlives its instances. */
export interface LogOptions {
  follow: boolean;
  /** Last lines only. */
  tail?: number;
  /** Milliseconds since the epoch. */
  sinceMs?: number;
  signal: AbortSignal;
}
