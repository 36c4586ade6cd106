import type { Clock } from 'devservices/machine';
import { heartbeat } from './encode-event.ts';

const windowMs = 50;
const mostWaitingBytes = 64 * 1024;

/** Writes to one reader, at most twenty times a second, and no more than it takes. */
export interface ChunkSender {
  /** A promise where there is no room for more: it resolves when there is. `isBatch`: it goes at once. */
  send(bytes: Uint8Array, isBatch: boolean): Promise<void> | undefined;
  /** The reader wants more. */
  onWanted(): void;
  /** Sends a heartbeat, unless something waits to be taken. */
  beat(): void;
  /** When it was last known that the connection is in use, by the monotonic clock. */
  readonly quietSince: number;
  /** Sends what waits, unless `isCut`, then this, and closes. */
  end(last: Uint8Array, isCut: boolean): void;
  /** The reader has left. */
  drop(): void;
}

export function createChunkSender(
  clock: Clock,
  controller: Pick<ReadableStreamDefaultController<Uint8Array>, 'enqueue' | 'close'>,
): ChunkSender {
  const over = new AbortController();
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let isWanted = false;
  let isTimed = false;
  let isDue = false;
  let flushedAt = -Infinity;
  let quietSince = clock.monotonic();
  let onRoom = () => {};

  const write = (bytes: Uint8Array): void => {
    isWanted = false;
    quietSince = clock.monotonic();
    controller.enqueue(bytes);
  };
  const writeWaiting = (): void => {
    const [only = heartbeat] = waiting;
    // A batch that many read is not copied for each.
    const bytes = waiting.length === 1 ? only : Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    isDue = false;
    flushedAt = clock.monotonic();
    write(bytes);
  };
  const flush = (): void => {
    if (over.signal.aborted || !isWanted || waitingBytes === 0) return;
    const leftMs = flushedAt + windowMs - clock.monotonic();
    if (leftMs <= 0 || isDue || waitingBytes >= mostWaitingBytes) {
      writeWaiting();
      onRoom();
    } else if (!isTimed) {
      isTimed = true;
      const flushThen = (): void => {
        isTimed = false;
        flush();
      };
      clock.sleep(leftMs, over.signal).then(flushThen, () => {});
    }
  };
  const finish = (): void => {
    over.abort();
    waiting = [];
    onRoom();
  };
  return {
    send(bytes, isBatch) {
      if (over.signal.aborted || bytes.length === 0) return undefined;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      isDue ||= isBatch;
      flush();
      if (waitingBytes < mostWaitingBytes) return undefined;
      return new Promise((resolve) => (onRoom = resolve));
    },
    onWanted() {
      isWanted = true;
      flush();
    },
    beat() {
      quietSince = clock.monotonic();
      if (isWanted && waitingBytes === 0 && !over.signal.aborted) write(heartbeat);
    },
    get quietSince() {
      return quietSince;
    },
    end(last, isCut) {
      if (over.signal.aborted) return;
      if (waitingBytes > 0 && !isCut) writeWaiting();
      write(last);
      controller.close();
      finish();
    },
    drop: finish,
  };
}
