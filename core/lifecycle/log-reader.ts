import type { Clock } from '../clock.ts';
import { isDevServicesError } from '../errors/error.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Instance, LogLine, Observation, Runner } from '../run/runner.ts';
import type { LogPosition } from './log-position.ts';

const firstPauseMs = 100;
const longestPauseMs = 3000;
const attempts = 6;

/** Follows the log of one instance over all its starts. */
export interface LogReader {
  /** Opens the log, where it was left; one that is open is opened once more when it ends. */
  open(): void;
  /** Resolves when the log has ended and was not opened again. */
  ended(): Promise<void>;
}

export interface LogReaderOptions {
  runner: Runner;
  instance: Instance;
  project: ProjectIdentity;
  clock: Clock;
  signal: AbortSignal;
  /** Where to begin. */
  position: LogPosition;
  /** The next line comes when it is done with this one. */
  onLine(line: LogLine): void | Promise<void>;
  /** What is no passing trouble of the environment. */
  onError(thrown: unknown): void;
}

export function createLogReader(options: LogReaderOptions): LogReader {
  const { runner, instance, signal, position, onLine } = options;
  let reading: Promise<void> | undefined;
  let isWanted = false;
  let failures = 0;

  const readOnce = async (): Promise<void> => {
    const log = runner.logs(instance, { follow: true, signal, ...position.open() });
    for await (const line of log) {
      failures = 0;
      if (position.take(line)) await onLine(line);
    }
  };
  const read = async (): Promise<void> => {
    while (isWanted && !signal.aborted) {
      isWanted = false;
      try {
        await readOnce();
      } catch (thrown) {
        if (signal.aborted || !isPassing(thrown)) throw thrown;
        const { instances } = await observePatiently(options);
        if (!instances.some(({ id }) => id === instance.id)) return;
        // Its runner answers, and this log alone cannot be had.
        if (++failures === attempts) throw thrown;
        await options.clock.sleep(firstPauseMs * 2 ** failures, signal);
        isWanted = true;
      }
    }
  };
  const open = (): void => {
    isWanted = true;
    reading ??= read()
      .catch((thrown: unknown) => {
        if (!signal.aborted) options.onError(thrown);
      })
      .finally(() => {
        reading = undefined;
        // It was to be opened again between its last look and this.
        if (isWanted && !signal.aborted) open();
      });
  };
  return {
    open,
    async ended() {
      for (let one = reading; one; one = reading) await one;
    },
  };
}

// Its engine may be gone for a moment, and everything of it with it.
const isPassing = (thrown: unknown): boolean =>
  isDevServicesError(thrown) && thrown.blame === 'environment';

/** Looks as soon as the runner answers again; rejects with what does not pass, or the signal's reason. */
export async function observePatiently(
  options: Pick<LogReaderOptions, 'runner' | 'project' | 'clock' | 'signal'>,
): Promise<Observation> {
  const { runner, project, clock, signal } = options;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await runner.observe(project, signal);
    } catch (thrown) {
      if (signal.aborted || !isPassing(thrown)) throw thrown;
    }
    await clock.sleep(pauseMs, signal);
  }
}
