/** What has to be known of a run to count what comes. */
export interface CountedRun {
  /** By service, as its plan had it. */
  readonly actions: Map<string, string>;
  /** When a service was asked to start, by the clock of its own events. */
  readonly startedMs: Map<string, number>;
  /** Services that were stopped, to be started again perhaps. */
  readonly stopped: Set<string>;
}

// Those that were killed never say that they end.
const mostRuns = 100;

/** Runs that have not ended; of too many the oldest is forgotten. */
export function createCountedRuns() {
  const runs = new Map<string, CountedRun>();
  return {
    of(name: string | undefined): CountedRun {
      const id = name ?? '';
      const known = runs.get(id);
      if (known) return known;
      const made = { actions: new Map(), startedMs: new Map(), stopped: new Set<string>() };
      runs.set(id, made);
      const [oldest] = runs.keys();
      if (runs.size > mostRuns && oldest !== undefined) runs.delete(oldest);
      return made;
    },
    forget: (name: string | undefined) => void runs.delete(name ?? ''),
  };
}
