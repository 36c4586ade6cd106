import { statSync } from 'node:fs';
import { type Clock, type DevServicesError, fileReason } from 'devservices/machine';
import { processErrors } from '../errors.ts';
import { adoptLog } from './adopt-log.ts';
import { openIndexFile } from './index-file.ts';
import { indexPath } from './log-files.ts';
import { createTrouble } from './log-trouble.ts';
import { dropParts, rotateLog } from './rotate-log.ts';

const marksEveryMs = 20;
const triedAgainMs = 30_000;

export interface LogStoreOptions {
  clock: Clock;
  /** A disk that does not take what it should: said once, and again after it went well between. */
  onTrouble?(error: DevServicesError): void;
  /** A live file of this size is to be rotated. Default 10 MiB. */
  partBytes?: number;
  /** Rotated parts that are kept. Default 3. */
  keptParts?: number;
}

/** Looks after one log that processes write to, and never reads what they wrote. */
export interface LogStore {
  /** To be called whenever the live file may have grown. Cheap; true when it is time to rotate. */
  sawGrowth(): boolean;
  /**
   * Moves what is in the live file to a part. `pause` resolves when nobody can write any more (after
   * SIGSTOP a process may be in the middle of a write: see `waitStopped`); `resume` is called whatever
   * happens. False where there was nothing to do or the disk did not take it. Rejects with what `pause`
   * or `resume` throws, and has not rotated then.
   */
  rotate(pause: () => void | Promise<void>, resume: () => void | Promise<void>): Promise<boolean>;
  /** Bytes written since the first start. */
  offset(): number;
  close(): void;
}

/**
 * Opens the log at `path`, whose folder is there; adopts one that somebody else looked after, also when
 * that one was killed while it rotated: the processes are to be resumed (SIGCONT) by whoever adopts them.
 *
 * @example const store = openLogStore(places.log('api'), { clock: systemClock, onTrouble: log.warn });
 */
export function openLogStore(path: string, options: LogStoreOptions): LogStore {
  const { clock, onTrouble = () => {}, partBytes = 10 * 1024 * 1024, keptParts = 3 } = options;
  const found = adoptLog(path);
  const index = openIndexFile(indexPath(path), found.base);
  const ofIndex = createTrouble(onTrouble);
  const ofRotation = createTrouble(onTrouble);
  const end = new AbortController();
  let { base, lastMark } = found;
  let known = 0;
  let markedAt = -Infinity;
  let isMarkDue = false;
  let isRotating = false;
  let retryAt = -Infinity;

  const liveBytes = (): number => {
    try {
      return statSync(path).size;
    } catch {
      return known;
    }
  };
  const writeIndex = (write: () => void): void => {
    ofIndex.watch(write, (thrown) =>
      processErrors.create('DS_PROCESS_LOG_TIMES_LOST', { path, reason: whyNot(thrown) }),
    );
  };
  const rewrite = (): void => {
    const from = dropParts(path, keptParts, base);
    writeIndex(() => index.rewrite({ base, from, to: base + known }));
  };
  const mark = (): void => {
    isMarkDue = false;
    if (base + known <= lastMark.offset) return;
    lastMark = { offset: base + known, at: Math.max(lastMark.at, clock.now()) };
    markedAt = clock.monotonic();
    writeIndex(() => index.append(lastMark));
  };
  const look = (): void => {
    const bytes = liveBytes();
    if (bytes < known) {
      // Emptied by hand: offsets never go back.
      base += known;
      known = bytes;
      rewrite();
    }
    known = bytes;
  };
  const markSoon = (): void => {
    if (base + known <= lastMark.offset || isMarkDue) return;
    const waitMs = markedAt + marksEveryMs - clock.monotonic();
    if (waitMs <= 0) return mark();
    isMarkDue = true;
    const markThen = (): void => {
      look();
      mark();
    };
    clock.sleep(waitMs, end.signal).then(markThen, () => {});
  };
  const empty = async (): Promise<boolean> => {
    look();
    if (known === 0) return false;
    try {
      const bytes = await rotateLog(path, base);
      ofRotation.isOver();
      known = bytes;
      mark();
      base += bytes;
      known = 0;
      rewrite();
      return true;
    } catch (thrown) {
      retryAt = clock.monotonic() + triedAgainMs;
      ofRotation.tell(
        processErrors.create('DS_PROCESS_LOG_NOT_ROTATED', { path, reason: fileReason(thrown) }),
      );
      return false;
    }
  };

  look();
  rewrite();
  mark();
  return {
    sawGrowth() {
      look();
      markSoon();
      return known >= partBytes && !isRotating && clock.monotonic() >= retryAt;
    },
    async rotate(pause, resume) {
      if (isRotating) return false;
      isRotating = true;
      try {
        await pause();
        return await empty();
      } finally {
        isRotating = false;
        await resume();
      }
    },
    offset: () => base + liveBytes(),
    close() {
      if (end.signal.aborted) return;
      end.abort();
      look();
      mark();
      index.close();
    },
  };
}

// What replaces a file whole says its own sentence around the system's.
const whyNot = (thrown: unknown): string =>
  fileReason((thrown as { cause?: unknown }).cause ?? thrown);
