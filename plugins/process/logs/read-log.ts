import { type Clock, fileReason, systemClock } from 'devservices/machine';
import type { LogLine } from 'devservices/runner';
import { processErrors } from '../errors.ts';
import { findStart, type StartRequest } from './find-start.ts';
import { type LogChanges, watchLog } from './log-changes.ts';
import { createTimedLook } from './timed-look.ts';
import { openLog, type OpenLog } from './open-log.ts';
import { createLineSplitter } from './split-lines.ts';

/** What of a log is to be read. */
export interface LogRequest extends StartRequest {
  service: string;
  signal: AbortSignal;
  /** Following ends after this, when everything is read. Absent: with the signal alone. */
  ended?: Promise<void>;
  /** Logical offset at which what is asked for ends, once that is known. */
  until?(): number | undefined;
  /** Default: the system's. */
  clock?: Clock;
}

const lookedForEveryMs = 500;

/**
 * The lines of the log at `path`, which need not be there; ends quietly when the signal aborts. `at` is
 * when the supervisor saw the line begin, and the same whenever the line is read; absent where nobody
 * saw it. Following goes on over rotation, and with the new log where the file was removed and made
 * again. A line of more than 8 MiB comes in pieces. Throws DS_PROCESS_LOG_UNREADABLE.
 *
 * @example for await (const { text } of readLog(path, { service, follow: false, tail: 20, signal })) …
 */
export async function* readLog(path: string, request: LogRequest): AsyncGenerator<LogLine> {
  const { follow, signal, ended, clock = systemClock } = request;
  if (signal.aborted) return;
  let hasEnded = !follow;
  const changes = watchLog(path, { signal, clock });
  const onEnd = (): void => {
    hasEnded = true;
    changes.tell();
  };
  ended?.then(onEnd, onEnd);
  try {
    for (let begin: StartRequest = request; !signal.aborted;) {
      const isLast = hasEnded;
      const log = openLog(path);
      if (log) {
        const isDone = yield* readOne(log, {
          ...request,
          clock,
          begin,
          changes,
          hasEnded: () => hasEnded,
        });
        if (isDone) return;
        begin = { follow };
      } else if (!isLast) {
        await changes.next(lookedForEveryMs);
      }
      if (isLast) return;
      changes.renew();
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).syscall === undefined) throw thrown;
    const reason = fileReason(thrown);
    throw processErrors.create('DS_PROCESS_LOG_UNREADABLE', { path, reason }, thrown);
  } finally {
    changes.close();
  }
}

interface Reading extends Pick<LogRequest, 'service' | 'signal' | 'until'> {
  clock: Clock;
  begin: StartRequest;
  changes: LogChanges;
  hasEnded(): boolean;
}

/** Reads one log until it has ended or is gone; gives whether it has ended. */
async function* readOne(log: OpenLog, reading: Reading): AsyncGenerator<LogLine, boolean> {
  const { service, signal, begin, changes, hasEnded } = reading;
  const splitter = createLineSplitter();
  const timed = createTimedLook(log, reading);
  let offset: number | undefined;
  try {
    for (;;) {
      const isLast = hasEnded();
      const { view, limit: known, timeOf } = await timed.look();
      offset ??= findStart(log, view, begin);
      const until = reading.until?.() ?? known;
      // In another log, places say nothing of this one.
      const limit = until < offset ? known : Math.min(known, until);
      while (offset < limit && !signal.aborted) {
        const block = log.read(offset, limit);
        for (const line of splitter.push(block.offset, block.bytes)) {
          if (signal.aborted) return true;
          yield { service, stream: 'stdout', text: line.text, ...timeOf(line.offset) };
        }
        offset = block.bytes.length === 0 ? limit : block.offset + block.bytes.length;
        // Signals and others have their turn, however much there is to read.
        await new Promise(setImmediate);
      }
      // Emptied by hand, and nobody counts.
      offset = Math.min(offset, view.end);
      if (signal.aborted) return true;
      if (isLast || view.isGone) {
        for (const line of splitter.end()) {
          yield { service, stream: 'stdout', text: line.text, ...timeOf(line.offset) };
        }
        return isLast;
      }
      if (!hasEnded()) await changes.next();
    }
  } finally {
    log.close();
  }
}
