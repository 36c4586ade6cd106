import type { Clock } from 'devservices/machine';
import type { Workstation, WorkstationProvider } from '../contract.ts';
import type { TimeLimit } from './time-limit.ts';

/** What a workstation is to come to. */
export type Goal = 'running' | 'stopped' | 'gone';

/** One way of a workstation to a state. */
export interface Reach<Wanted extends Goal = Goal> {
  provider: Pick<WorkstationProvider, 'look' | 'start' | 'stop' | 'delete'>;
  goal: Wanted;
  which: Pick<Workstation, 'name' | 'scope'>;
  /** As it was seen right before: spares the first look. */
  seen?: Workstation | undefined;
  /** Was asked for right before: it may take a moment until it can be seen. */
  isNew?: boolean;
  /** Also what was spent before counts. */
  limit: TimeLimit;
  clock: Clock;
  say(text: string): void;
  signal: AbortSignal;
}
