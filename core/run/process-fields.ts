import type { Duration } from '../duration.ts';
import type { Environment } from './environment.ts';
import type { Json, Run } from './run.ts';

/** When a process that ended is started again: `always` also after exit code 0. */
export type ProcessRestart = 'no' | 'on-failure' | 'always' | 'unless-stopped';

/** The pause before a process is started again: it grows by `factor` from `initial` to `max`. */
export interface Backoff {
  /** Default 200 ms. */
  initial?: Duration;
  /** Default 2. */
  factor?: number;
  /** Default 10 s. */
  max?: Duration;
  /** Who ran that long begins anew: first pause, no restarts counted. Default 10 s. */
  resetAfter?: Duration;
}

/** A program that comes whole from an npm package, by the module that knows how it runs. */
export interface ProgramReference {
  /** Its specifier, found from the configuration's folder; its default export is an `EmbeddedProgram`. */
  module: string;
  options?: { readonly [name: string]: Json };
}

/** A process of this machine, in the Compose Specification's words (camelCase) where it has one. */
export interface ProcessFields {
  /**
   * Program and arguments; a text is split into words as a shell would, without running one. `{host}`,
   * `{port.NAME}` and `{address.NAME}` stand for the service's own addresses. Programs of the repo's
   * packages are found by name. This, or `program`.
   */
  command?: string | readonly string[];
  program?: ProgramReference;
  /** Folder that it runs in, relative to the configuration's. Default: that folder. */
  cwd?: string;
  /** Besides the variables that `up` was called with. A sole port is also there as `PORT`. */
  environment?: Environment;
  /** Lets a shell run the command: true for `/bin/sh`, or its path. Needs a text. Default false. */
  shell?: boolean | string;
  /** Default `no`. */
  restart?: ProcessRestart;
  /** Given up after so many restarts in a row. Default 5. */
  maxRestarts?: number;
  backoff?: Backoff;
  /** Sent to the process and to all that it started. Default SIGTERM. */
  stopSignal?: string;
  /** Between that signal and SIGKILL. Default 10 s. */
  stopGracePeriod?: Duration;
  /** Globs, relative to `cwd`: it is restarted when one of these files changed. */
  watch?: readonly string[];
}

export interface ProcessRun extends ProcessFields {
  readonly kind: 'process';
}

/**
 * Runs a service as a process of this machine, which lives on when the command line has ended.
 *
 * @example hostProcess({ command: 'tsx watch api.ts', restart: 'on-failure' })
 */
export function hostProcess(fields: ProcessFields): ProcessRun {
  return { ...fields, kind: 'process' };
}

/** Whether a run is a process of this machine: it has no network of its own, and no port but this machine's. */
export function isProcess(run: Run | undefined): run is ProcessRun {
  return run?.kind === 'process';
}
