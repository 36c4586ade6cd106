import type { TunnelReport } from './tunnels/tunnel-record.ts';

declare module 'devservices' {
  interface Contracts {
    /** Bigger machines: made, connected to and forgotten by the task `workstations`. */
    workstations: Workstations;
  }
}

/** How a workstation stands; what a provider says and we do not know is `unknown`. */
export type WorkstationState = 'starting' | 'running' | 'stopping' | 'stopped' | 'unknown';

/** Which machines are meant. Absent parts are found where there is only one answer. */
export interface WorkstationScope {
  /** The cloud's project, or the checkout's own for the local provider. */
  project: string;
  region?: string;
  cluster?: string;
  /** What workstations are made from: machine type, time-outs, image. */
  config?: string;
}

/** What people name on the command line; each wins over variables, and those over the configuration. */
export interface ScopeFlags {
  provider?: 'docker' | 'gcloud' | undefined;
  cloudProject?: string | undefined;
  region?: string | undefined;
  cluster?: string | undefined;
  workstationConfig?: string | undefined;
}

/** One workstation, as one look saw it. */
export interface Workstation {
  name: string;
  provider: string;
  state: WorkstationState;
  /** In the provider's own word. */
  providerState: string;
  scope: Required<WorkstationScope>;
  /** The provider's own name of it: a resource's path, a container's id. */
  id: string;
  /** Another one of the same name has another. */
  uid: string;
  /** ISO time, where the provider tells. */
  createdAt?: string;
}

/** What workstations can be made from. */
export interface WorkstationConfig {
  name: string;
  region: string;
  cluster: string;
  machineType?: string;
  /** Milliseconds without use until it is stopped. */
  idleTimeoutMs?: number;
  /** Milliseconds until it is stopped in any case. */
  runningTimeoutMs?: number;
  image?: string;
  /** Not to be had just now, in words. */
  problem?: string;
}

/** What `create` is about to make, said before anything is. */
export interface Creation {
  name: string;
  scope: Required<WorkstationScope>;
  config: WorkstationConfig;
  /** What it costs and until when, in one sentence. */
  costNote: string;
}

/** How one logs in to a workstation once a port of this machine leads to its sshd. */
export interface Login {
  user: string;
  /** Path of the private key; absent: the way there lets nobody else in (gcloud). */
  identityFile?: string;
  /**
   * Lines for known_hosts behind the host's name (`ssh-ed25519 AAAA…`), where they are known
   * beforehand; absent: taken on first use, and kept for as long as the tunnel lives.
   */
  hostKeys?: readonly string[];
  /** Folder in which one works there, absolute. */
  folder: string;
}

/** A program that, while it runs, has a port of this machine lead to a workstation's port. */
export interface TunnelProgram {
  /** argv[0] is looked for on the PATH; no shell reads it. */
  command: readonly string[];
  /** Added to the caller's own. */
  environment?: Readonly<Record<string, string>>;
  /** The port that the command names; absent: it takes one itself, found by who listens. */
  localPort?: number;
}

/** What a provider can do. Each method may throw our errors; none prints, none waits for a state. */
export interface WorkstationProvider {
  readonly name: string;
  /** Whether its tools are there, new enough and signed in. Throws with the command that mends it. */
  check(signal: AbortSignal): Promise<void>;
  configs(signal: AbortSignal): Promise<readonly WorkstationConfig[]>;
  /** All of the scope, sorted by name. */
  list(signal: AbortSignal): Promise<readonly Workstation[]>;
  /** That very one: exact name, exact configuration. Throws DS_WORKSTATION_AMBIGUOUS. */
  find(name: string, signal: AbortSignal): Promise<Workstation | undefined>;
  /** Checks the name; throws DS_WORKSTATION_CONFIG_UNKNOWN, …_AMBIGUOUS with what there is. */
  describeNew(name: string, signal: AbortSignal): Promise<Creation>;
  /** Asks for it, and returns as soon as that was taken; `look` tells what came of it. */
  create(
    creation: Creation,
    options: { signal: AbortSignal; say(text: string): void },
  ): Promise<void>;
  /** As it is now; undefined where there is none any more. Throws TransientFailure where asking again may do. */
  look(
    which: Pick<Workstation, 'name' | 'scope'>,
    signal: AbortSignal,
  ): Promise<Workstation | undefined>;
  /** Asks, and returns as soon as that was taken. */
  start(workstation: Workstation, signal: AbortSignal): Promise<void>;
  stop(workstation: Workstation, signal: AbortSignal): Promise<void>;
  delete(workstation: Workstation, signal: AbortSignal): Promise<void>;
  /** What `delete` loses, each in words: `the home volume app_workstation_box (1.2 GiB)`. */
  losses(workstation: Workstation, signal: AbortSignal): Promise<readonly string[]>;
  login(workstation: Workstation, signal: AbortSignal): Promise<Login>;
  /** `port` is the workstation's; asked again for each try, since ports of this machine are taken by others. */
  tunnel(workstation: Workstation, port: number, signal: AbortSignal): Promise<TunnelProgram>;
}

export interface WaitOptions {
  /** Milliseconds for everything together. Default: 1,200,000. */
  timeoutMs?: number | undefined;
  signal: AbortSignal;
}

/** A connected workstation: what people and their editors need. */
export interface Connection {
  workstation: Workstation;
  tunnel: TunnelReport;
  ssh: SshPlace;
}

export interface SshPlace {
  /** Name in our ssh configuration. */
  host: string;
  user: string;
  port: number;
  /** Our ssh configuration, which `ssh -F` reads and an `Include` brings to editors. */
  configFile: string;
  /** The very lines of this host. */
  config: string;
  /** What one types. */
  command: string;
  /** `vscode://…` */
  vscode: string;
  /** `jetbrains-gateway://…` */
  jetbrains: string;
}

/** What the task does, one call a command; what happens meanwhile is said by the plugin's log. */
export interface Workstations {
  /** One provider in one scope. Throws DS_WORKSTATION_SCOPE_MISSING naming flag, variable and field. */
  open(flags: ScopeFlags): Promise<WorkstationSession>;
  readonly tunnels: Tunnels;
  /** For an engine on a workstation: a living tunnel's place, one that is made now where it runs. */
  reach(name: string, options: WaitOptions): Promise<Pick<SshPlace, 'host' | 'configFile'>>;
}

export interface WorkstationSession {
  readonly provider: string;
  readonly scope: WorkstationScope;
  configs(signal: AbortSignal): Promise<readonly WorkstationConfig[]>;
  list(signal: AbortSignal): Promise<readonly Workstation[]>;
  /** Throws DS_WORKSTATION_UNKNOWN with a suggestion. */
  status(name: string, signal: AbortSignal): Promise<Workstation>;
  /** Says what it makes, or that it is there; then as `connect`. */
  create(name: string, options: WaitOptions): Promise<Connection & { isNew: boolean }>;
  connect(name: string, options: WaitOptions): Promise<Connection>;
  /** Waits until it runs. */
  start(name: string, options: WaitOptions): Promise<Workstation>;
  /** Waits until it is stopped; its tunnels are ended. */
  stop(name: string, options: WaitOptions): Promise<Workstation>;
  /** What `delete` would lose, in words; tunnels and keys of ours included. */
  losses(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Waits until it is gone; one that is not there is no failure. Tunnels, keys and ssh lines go with it. */
  delete(name: string, options: WaitOptions): Promise<{ wasThere: boolean }>;
}

export interface Tunnels {
  /** Those that are recorded, also dead ones. */
  list(): Promise<readonly TunnelReport[]>;
  /** By workstation's name or by id; without any: all. Gives what was ended. Throws DS_TUNNEL_UNKNOWN. */
  stop(names: readonly string[], signal: AbortSignal): Promise<readonly TunnelReport[]>;
}
