import type { Readiness } from '../readiness/readiness.ts';
import type { Availability, PortBinding } from './runner.ts';
import type { Json } from './run.ts';

/** What a program learns of the service that it runs for. */
export interface ProgramContext {
  service: string;
  /** Of the run's `program`; checked by the program itself. */
  options: { readonly [name: string]: Json };
  /** Folder of the configuration, from which npm packages are found. */
  root: string;
  /** Shared by all checkouts, for what can be made again; may not be there yet. */
  cacheFolder: string;
}

/** Where it may keep what outlives it, and how it is reached. */
export interface ProgramPlace extends ProgramContext {
  /** Exists when `before` runs, belongs to `user`, 0700. Removed by `rm` and `reset` alone. */
  dataFolder: string;
  ports: readonly PortBinding[];
  /** Set where this is root and the program must not be: its processes run as this user. */
  user?: { uid: number; gid: number; name: string };
}

/** A program after everything in it is known. */
export interface ProgramRun {
  command: readonly [string, ...string[]];
  environment?: Readonly<Record<string, string>>;
  /** Commands that run to their end before each start, in the same place and as the same user. */
  before?: readonly (readonly [string, ...string[]])[];
  stopSignal?: string;
  /** When it is ready, unless the service says so; without it, when its ports are open. */
  ready?: Readiness;
}

/**
 * A service that needs no engine: default export of the module that a run's `program` names.
 *
 * @example
 * export default { label: 'mail catcher', isRootRefused: false, available, resolve } satisfies EmbeddedProgram;
 */
export interface EmbeddedProgram {
  /** As people read it: `embedded Postgres 17`. */
  readonly label: string;
  /** Whether it refuses to run as root: then it runs as another user, in a folder of that user's. */
  readonly isRootRefused: boolean;
  /** Whether it can run here: its package is there, whole, for this machine. Asks no network. */
  available(context: ProgramContext, signal: AbortSignal): Promise<Availability>;
  /** Throws a DevServicesError for options and data that it cannot take, e.g. of another version. */
  resolve(place: ProgramPlace): Promise<ProgramRun>;
}
