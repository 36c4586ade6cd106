import type { Instance, LogLine, LogOptions } from '../run/runner.ts';

/** The logs of instances that do not exist. */
export interface FakeLogs {
  write(line: LogLine, of: Instance | undefined): void;
  /** Followed logs of the service end after what is there. */
  end(service: string): void;
  /** Every log breaks now, and cannot be opened until `mend`. */
  break(error: unknown): void;
  mend(): void;
  read(instance: Instance, options: LogOptions): AsyncIterable<LogLine>;
}

/** `isRunning`: whether more may come of it. */
export function createFakeLogs(isRunning: (instance: Instance) => boolean): FakeLogs {
  const lines: { line: LogLine; id: string | undefined; startedAt: number }[] = [];
  const endings = new Map<string, number>();
  const readers = new Set<() => void>();
  let broken: { error: unknown } | undefined;
  const wakeAll = () => {
    for (const wake of readers) wake();
  };
  return {
    write(line, of) {
      lines.push({ line, id: of?.id, startedAt: of?.startedAt ?? 0 });
      wakeAll();
    },
    end(service) {
      endings.set(service, (endings.get(service) ?? 0) + 1);
      wakeAll();
    },
    break(error) {
      broken = { error };
      wakeAll();
    },
    mend: () => void (broken = undefined),
    async *read(instance, { follow, tail, sinceMs = 0, signal }) {
      const { service, id } = instance;
      const own = () =>
        lines
          .filter(({ line }) => line.service === service)
          // What was written before anything ran is whoever's comes first.
          .filter((entry) => entry.id === undefined || entry.id === id)
          .filter(({ line, startedAt }) => timeOf(line, startedAt) >= sinceMs);
      const ended = endings.get(service);
      let next = tail === undefined ? 0 : Math.max(0, own().length - tail);
      for (;;) {
        if (broken) throw broken.error;
        while (next < own().length) yield own()[next++]?.line as LogLine;
        if (!follow || signal.aborted || endings.get(service) !== ended) return;
        if (!isRunning(instance)) return;
        await new Promise<void>((resolve) => {
          const wake = () => {
            readers.delete(wake);
            signal.removeEventListener('abort', wake);
            resolve();
          };
          readers.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
    },
  };
}

// Starts are counted, not timed, where a test gives no times.
const timeOf = ({ at }: LogLine, startedAt: number): number =>
  at === undefined ? startedAt : Date.parse(at);
