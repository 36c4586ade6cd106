import type { Clock, DevServicesError } from 'devservices/machine';
import type { CommandShell, Logger } from 'devservices/runner';
import type { FailureKind } from './read-failure.ts';

/** What calls of gcloud need. */
export interface GcloudContext {
  $: CommandShell;
  clock: Clock;
  log: Logger;
  /** Ends with the command what still runs. */
  defer?(undo: () => Promise<void>): void;
}

export interface GcloudCall {
  /** Behind `gcloud`. */
  words: readonly string[];
  /** What it is to do, behind `could not`: `list the workstations of the project shop-dev`. */
  what: string;
  signal: AbortSignal;
}

/** A call that came to nothing. */
export interface FailedCall {
  isDone: false;
  kind: FailureKind | 'late';
  /** In one line. */
  reason: string;
  error: DevServicesError;
}

/** What came of a call. */
export type Outcome<Answer> = { isDone: true; answer: Answer } | FailedCall;
