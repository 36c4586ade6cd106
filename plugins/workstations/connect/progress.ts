import { type Clock, formatDuration } from 'devservices/machine';
import type { TimeLimit } from './time-limit.ts';

const repeatMs = 30_000;

/** Where something that takes long stands, for people. */
export interface Progress {
  /** What is waited for just now; said where it was another before. */
  at(text: string): void;
}

/**
 * Says what `work` waits for: whenever that changes, and again when nothing was said for 30 s, each time
 * with how long it has taken.
 */
export async function withProgress<T>(
  {
    clock,
    limit,
    say,
    first,
  }: {
    clock: Clock;
    limit: TimeLimit;
    say(text: string): void;
    /** What is waited for from the beginning; said where it takes long. */
    first: string;
  },
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  let text = first;
  let saidMs = clock.monotonic();
  const tell = (line: string): void => {
    saidMs = clock.monotonic();
    say(`${line} (${spent(limit)})`);
  };
  const over = new AbortController();
  const repeating = repeat(async () => {
    await clock.idle(Math.max(1, saidMs + repeatMs - clock.monotonic()), over.signal);
    if (clock.monotonic() - saidMs >= repeatMs) tell(text);
  });
  try {
    return await work({
      at(next) {
        if (over.signal.aborted || next === text) return;
        text = next;
        tell(next);
      },
    });
  } finally {
    over.abort();
    await repeating;
  }
}

async function repeat(turn: () => Promise<void>): Promise<void> {
  try {
    for (;;) await turn();
  } catch {
    // It is over: nothing but the end of its sleep throws.
  }
}

function spent({ spentMs, text }: TimeLimit): string {
  return spentMs < 1000 ? `at most ${text}` : `${formatDuration(spentMs)} of at most ${text}`;
}
