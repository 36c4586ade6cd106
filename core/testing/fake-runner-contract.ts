import type { DevServicesError } from '../errors/error.ts';
import type {
  AttachedCommand,
  ExecResult,
  Instance,
  InstanceStats,
  MissingImage,
  OwnedData,
  Runner,
} from '../run/runner.ts';
import type { Run } from '../run/run.ts';

/** One call of the runner, as a test compares it: `start db`. */
export type RunnerCall = string;

/** What a fake runner can besides what every runner must. */
export interface FakeRunnerOptions {
  /** Tells when its instances began, milliseconds since the epoch; default: starts are counted. */
  now?(): number;
  /** It tends: `tend` is among its calls. */
  tends?: boolean;
  /** Where its instances arrive on this machine, null where they need none: `gateway` is among its calls. */
  gateway?: string | null;
  /** It relays: `relay api http at 172.18.0.1` is among its calls. */
  relays?: boolean;
}

/** Why a run cannot be had, where it cannot. */
export type Refusal = (run: Run, service: string) => DevServicesError | undefined;

/** A runner that runs nothing: a test says what its services do. */
export interface FakeRunner extends Runner {
  /** Calls that ask or change something, in order: `observe`, `prepare db`, `start db`, `stop db`, `remove db`. */
  readonly calls: readonly RunnerCall[];
  /** What exists. */
  readonly instances: ReadonlyMap<string, Instance>;
  /** Whether something listens inside the service from its next start on; default: at once. */
  setListening(service: string, listens: boolean): void;
  /** What a command inside the service gives; default: exit code 0. */
  setExec(service: string, result: ExecResult | (() => Promise<ExecResult>)): void;
  /** What a command on the caller's streams does inside the service; default: exit status 0. */
  setAttached(service: string, run: (command: AttachedCommand) => number | Promise<number>): void;
  /** What goes wrong in a step of a service: `start db`. */
  failOn(call: RunnerCall, error: unknown): void;
  /** Holds a step until the returned function is called. */
  holdOn(call: RunnerCall): () => void;
  /** The service ends now, or as soon as it is started; undefined: nobody saw with which code. */
  exit(service: string, exitCode: number | undefined, options?: { willRestart?: boolean }): void;
  /** The engine's word on a service. */
  report(service: string, health: 'healthy' | 'unhealthy'): void;
  /** A line of the service's log; `at` is an ISO time. */
  writeLog(service: string, text: string, at?: string): void;
  /** Changes what is seen of a service from outside: drift, spec, status. */
  change(service: string, fields: Partial<Instance>): void;
  /** Somebody else removes the service. */
  vanish(service: string): void;
  /** The runner loses sight of everything (the engine is gone), logs included. */
  lose(error: DevServicesError): void;
  /** It sees everything again. */
  regain(): void;
  setAvailable(error: DevServicesError | undefined): void;
  /** Which of its runs cannot be had here; default: each can. */
  setRefusal(refusal: Refusal): void;
  /** What services start from is not here. */
  setMissing(images: readonly MissingImage[]): void;
  /** What the service uses while it runs; default: nobody knows. */
  setStats(
    service: string,
    stats: InstanceStats | (() => Promise<InstanceStats | undefined>),
  ): void;
  addData(found: Omit<OwnedData, 'kind' | 'project'>): void;
}
