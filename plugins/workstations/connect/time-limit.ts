import { type Clock, formatDuration } from 'devservices/machine';

/** The time that everything together may take, and what is left of it. */
export interface TimeLimit {
  readonly ms: number;
  readonly leftMs: number;
  readonly spentMs: number;
  /** `20 m 0 s` */
  readonly text: string;
}

/** A limit that runs from now on. */
export function startTimeLimit(clock: Clock, ms: number): TimeLimit {
  const startMs = clock.monotonic();
  const spent = () => clock.monotonic() - startMs;
  return {
    ms,
    text: formatDuration(ms),
    get spentMs() {
      return spent();
    },
    get leftMs() {
      return Math.max(0, ms - spent());
    },
  };
}
