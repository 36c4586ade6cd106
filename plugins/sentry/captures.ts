import type { Capture, CaptureLevel } from './contract.ts';

/** One thing that somebody wants told. */
export interface Captured {
  atMs: number;
  what: { thrown: unknown } | { text: string; level: CaptureLevel };
  capture: Capture;
}

/** What is captured before anybody can be told. */
export interface Captures {
  /** Keeps it until somebody takes them, at most 100; those after that are dropped. */
  add(captured: Captured): void;
  /** Calls it once, as soon as there is one, and at once where there is. */
  onFirst(call: () => void): void;
  /** From now on each goes there at once, those that were kept first. */
  open(take: (captured: Captured) => void): void;
  /** Nobody will be told. */
  close(): void;
  readonly kept: number;
}

const mostKept = 100;

export function createCaptures(): Captures {
  let kept: Captured[] = [];
  let take: ((captured: Captured) => void) | undefined;
  let first = () => {};
  return {
    add(captured) {
      if (take) return take(captured);
      if (kept.length < mostKept) kept.push(captured);
      first();
    },
    onFirst(call) {
      first = () => {
        first = () => {};
        call();
      };
      if (kept.length > 0) first();
    },
    open(next) {
      take = next;
      for (const captured of kept.splice(0)) next(captured);
    },
    close() {
      take = () => {};
      kept = [];
    },
    get kept() {
      return kept.length;
    },
  };
}
