import type { Instance } from './instance.ts';

/** What a runner that runs a target in its caller's foreground does so with. */
export interface AttachedRun {
  /**
   * Runs a program of this machine on the caller's own streams, which get its terminal and its signals;
   * resolves with its exit status, 128 + n for a signal. Throws where it cannot be started.
   */
  run(command: readonly [string, ...string[]], options: AttachedProgram): Promise<number>;
  signal: AbortSignal;
}

export interface AttachedProgram {
  cwd: string;
  /** All of its variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** As whom it runs, where that is not who runs us. */
  user?: { readonly uid: number; readonly gid: number };
  /** Told its pid as soon as it runs. */
  onStart(pid: number): void;
}

/** A target that runs in its caller's foreground. */
export interface Attached {
  instance: Instance;
  /** Its exit status; what is noted of it is by then. */
  ended: Promise<number>;
}
