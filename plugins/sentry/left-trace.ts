import type { Event } from '@sentry/core';
import type { EventFrame } from './build-event.ts';
import { leaveToProcess } from './leave-to-process.ts';
import type { SinkSpec } from './sink-spec.ts';

/** A trace that is left to a process of its own, which loads the SDK for it. JSON. */
export interface LeftTrace {
  /** Folder of the repo, where the SDK is installed. */
  root: string;
  sinks: readonly SinkSpec[];
  frame: EventFrame;
  event: Event;
  trace: Readonly<Record<string, string>>;
}

/** Leaves it there; false where no process could be started. */
export type LeaveTrace = (left: LeftTrace) => boolean;

export const leaveTraceToProcess: LeaveTrace = (left) =>
  leaveToProcess('tell-later', JSON.stringify(left));
