/** Tells when nothing happened for long. */
export interface StallWatch {
  /** Something happened. */
  moved(): void;
  stop(): void;
}

/** Calls back after each `everyMs` in which nothing moved, with how long nothing did by then. */
export function watchStall(everyMs: number, onStall: (quietMs: number) => void): StallWatch {
  let quietMs = 0;
  const timer = setInterval(() => {
    quietMs += everyMs;
    onStall(quietMs);
  }, everyMs);
  return {
    moved() {
      quietMs = 0;
      timer.refresh();
    },
    stop: () => clearInterval(timer),
  };
}
