import type { Clock } from '../clock.ts';

/** Draws when something changed, and while something runs. */
export interface FrameLoop {
  /** Something changed: draws now, or when the last frame is old enough. */
  request(): void;
  stop(): void;
}

/** At most a frame each `minGapMs`, and one each `tickMs` while `isMoving`; else no timer at all. */
export function createFrameLoop(options: {
  clock: Clock;
  draw(): void;
  isMoving(): boolean;
  minGapMs?: number;
  tickMs?: number;
}): FrameLoop {
  const { clock, draw, isMoving, minGapMs = 50, tickMs = 100 } = options;
  let lastMs = -Infinity;
  let wake: { atMs: number; bell: AbortController } | undefined;
  let isStopped = false;

  const frame = (): void => {
    wake?.bell.abort();
    wake = undefined;
    lastMs = clock.monotonic();
    draw();
    if (isMoving()) wakeAfter(tickMs);
  };

  const wakeAfter = (ms: number): void => {
    const atMs = clock.monotonic() + ms;
    if (wake && wake.atMs <= atMs) return;
    wake?.bell.abort();
    const bell = new AbortController();
    wake = { atMs, bell };
    clock
      .sleep(ms, bell.signal)
      .then(() => (isStopped || bell.signal.aborted ? undefined : frame()))
      .catch(() => {});
  };

  return {
    request() {
      if (isStopped) return;
      const oldMs = clock.monotonic() - lastMs;
      if (oldMs >= minGapMs) frame();
      else wakeAfter(minGapMs - oldMs);
    },
    stop() {
      isStopped = true;
      wake?.bell.abort();
    },
  };
}
