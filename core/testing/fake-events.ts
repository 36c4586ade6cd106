import type { RunnerEvent } from '../run/runner.ts';

/** What a fake runner reports, to whoever watches. */
export interface FakeEvents {
  tell(event: RunnerEvent): void;
  watch(signal: AbortSignal): AsyncIterable<RunnerEvent>;
  close(): void;
}

export function createFakeEvents(): FakeEvents {
  const watchers = new Set<(event: RunnerEvent) => void>();
  return {
    tell(event) {
      for (const watcher of watchers) watcher(event);
    },
    watch(signal) {
      const queue: RunnerEvent[] = [];
      let wake = () => {};
      const watcher = (event: RunnerEvent) => {
        queue.push(event);
        wake();
      };
      watchers.add(watcher);
      signal.addEventListener('abort', () => watchers.delete(watcher));
      signal.addEventListener('abort', () => wake());
      return (async function* () {
        for (;;) {
          while (queue.length > 0) yield queue.shift() as RunnerEvent;
          if (signal.aborted) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      })();
    },
    close: () => watchers.clear(),
  };
}
