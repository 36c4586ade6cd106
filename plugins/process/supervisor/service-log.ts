import { type FSWatcher, watch } from 'node:fs';
import { type Clock, reasonOf } from 'devservices/machine';
import { type LogStore, openLogStore } from '../logs/log-store.ts';

/** The log of a service while it is supervised. */
export interface ServiceLog extends Pick<LogStore, 'offset'> {
  close(): void;
}

export interface ServiceLogOptions {
  clock: Clock;
  /** Ends when nobody of the service can write any more, until `resume`. */
  pause(): void | Promise<void>;
  resume(): void | Promise<void>;
  onTrouble(text: string): void;
}

/** Follows what a service writes, without reading it: notes when its log grows, and rotates it. */
export function openServiceLog(path: string, options: ServiceLogOptions): ServiceLog {
  const store = openLogStore(path, {
    clock: options.clock,
    onTrouble: ({ message }) => options.onTrouble(message),
  });
  let isClosed = false;
  const grew = (): void => {
    if (isClosed || !store.sawGrowth()) return;
    store
      .rotate(options.pause, options.resume)
      .catch((error: unknown) => options.onTrouble(`${path}: ${reasonOf(error)}`));
  };
  const stop = watchGrowth(path, grew);
  return {
    offset: () => store.offset(),
    close() {
      if (isClosed) return;
      isClosed = true;
      stop();
      store.close();
    },
  };
}

const coalescedMs = 20;
const lookEveryMs = 500;

// A flood of writes is told once in a while; where the system has no watch left, it is looked at.
function watchGrowth(path: string, grew: () => void): () => void {
  let due: NodeJS.Timeout | undefined;
  let poll: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  const soon = (): void => {
    due ??= setTimeout(() => {
      due = undefined;
      grew();
    }, coalescedMs);
  };
  const look = (): void => void (poll ??= setInterval(grew, lookEveryMs));
  try {
    watcher = watch(path, soon);
    watcher.on('error', look);
  } catch {
    look();
  }
  return () => {
    watcher?.close();
    clearTimeout(due);
    clearInterval(poll);
  };
}
