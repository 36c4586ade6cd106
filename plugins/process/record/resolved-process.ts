import type { ProcessRestart, Readiness, ResolvedRun } from 'devservices/runner';

/** A process's run as `normalise` leaves it: plain JSON, every default explicit, every path absolute. */
export interface ResolvedProcess {
  readonly kind: 'process';
  /** Program and arguments; of a run with `shell`, the shell's own. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Dependencies' exports, its own variables, and `PORT` where it has one TCP port alone. */
  readonly environment: Readonly<Record<string, string>>;
  readonly restart: ProcessRestart;
  readonly maxRestarts: number;
  readonly backoff: ResolvedBackoff;
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds. */
  readonly stopGracePeriod: number;
  /** Globs, relative to `cwd`; none: nothing is watched. */
  readonly watch: readonly string[];
  /** What people call an embedded program; absent for a command. */
  readonly label?: string;
  /** Commands that run to their end before each start, at the same place and as the same user. */
  readonly before?: readonly (readonly [string, ...string[]])[];
  /** As whom it runs, where that is not who runs us. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly name: string };
  /** What outlives it is here; it belongs to `user` and is made before `before` runs. */
  readonly dataFolder?: string;
  /** When an embedded program is ready, where its service does not say. */
  readonly ready?: Readiness;
}

/** All in milliseconds, but for the factor. */
export interface ResolvedBackoff {
  readonly initial: number;
  readonly factor: number;
  readonly max: number;
  readonly resetAfter: number;
}

/** The run of a target that is a process: what `normalise` made. */
export function asProcess(run: ResolvedRun): ResolvedProcess {
  return run as unknown as ResolvedProcess;
}
