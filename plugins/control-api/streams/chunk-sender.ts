import type { Clock } from 'devservices/machine';

const windowMs = 50;
const mostWaitingBytes = 64 * 1024;

/** Writes to one reader, at most twenty times a second, and no more than it takes. */
export interface ChunkSender {
  /** Resolves when there is room for more. `isBatch`: it was gathered already, and goes at once. */
  send(bytes: Uint8Array, isBatch: boolean): Promise<void> | void;
  /** The reader wants more. */
  onWanted(): void;
  /** Sends a heartbeat where nothing waits, and the reader took what there was. */
  beat(bytes: Uint8Array): void;
  /** Sends what waits, unless `isCut`, then this, and closes. */
  end(last: Uint8Array, isCut?: boolean): void;
  /** The reader has left. */
  drop(): void;
  /** When something was sent last, by the monotonic clock. */
  readonly sentAt: number;
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
  let sentAt = -Infinity;
  let onRoom = () => {};

  const write = (bytes: Uint8Array): void => {
    isWanted = false;
    sentAt = clock.monotonic();
    controller.enqueue(bytes);
  };
  const takeWaiting = (): Uint8Array => {
    const [only = new Uint8Array()] = waiting;
    const bytes = waiting.length === 1 ? only : Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    isDue = false;
    return bytes;
  };
  const flush = (): void => {
    if (over.signal.aborted || !isWanted || waitingBytes === 0) return;
    const leftMs = sentAt + windowMs - clock.monotonic();
    if (leftMs <= 0 || isDue || waitingBytes >= mostWaitingBytes) {
      write(takeWaiting());
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
      if (over.signal.aborted || bytes.length === 0) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      isDue ||= isBatch;
      flush();
      if (waitingBytes < mostWaitingBytes) return;
      return new Promise((resolve) => (onRoom = resolve));
    },
    onWanted() {
      isWanted = true;
      flush();
    },
    beat(bytes) {
      if (isWanted && waitingBytes === 0 && !over.signal.aborted) write(bytes);
    },
    end(last, isCut = false) {
      if (over.signal.aborted) return;
      if (waitingBytes > 0 && !isCut) write(takeWaiting());
      write(last);
      controller.close();
      finish();
    },
    drop: finish,
    get sentAt() {
      return sentAt;
    },
  };
}
