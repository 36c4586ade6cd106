import type { Event } from '@sentry/core';
import type { EventFrame } from './build-event.ts';
import { leaveToProcess } from './leave-to-process.ts';
import type { SinkSpec } from './sink-spec.ts';
import type { ToldError } from './told-errors.ts';

/** What came of a run, left to a process of its own, which loads the SDK for it. JSON. */
export interface LeftRun {
  /** Folder of the repo, where the SDK is installed. */
  root: string;
  sinks: readonly SinkSpec[];
  frame: EventFrame;
  errors: readonly ToldError[];
  trace?: BuiltTrace | undefined;
}

/** A transaction, and what its envelope says of the trace. */
export interface BuiltTrace {
  event: Event;
  description: Readonly<Record<string, string>>;
}

/** Leaves it there; false where no process could be started. */
export type LeaveRun = (left: LeftRun) => boolean;

export const leaveRunToProcess: LeaveRun = (left) =>
  leaveToProcess('tell-later', JSON.stringify(left));
