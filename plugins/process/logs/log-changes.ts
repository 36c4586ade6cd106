import { type Clock, watchPath } from 'devservices/machine';
import { indexPath } from './log-files.ts';

/** Changes of a log's live file and of its index. */
export interface LogChanges {
  /** Resolves at the next change, at once for one that was not yet told, after `ms`, or at the signal. */
  next(ms?: number): Promise<void>;
  /** Counts as a change. */
  tell(): void;
  /** Watches anew: the folder may be another one. */
  renew(): void;
  close(): void;
}

export function watchLog(
  path: string,
  { signal, clock }: { signal: AbortSignal; clock: Clock },
): LogChanges {
  const open = () => [watchPath(path), watchPath(indexPath(path))];
  let watched = open();
  let isTold = false;
  let wake = () => {};
  const tell = (): void => {
    isTold = true;
    wake();
  };
  signal.addEventListener('abort', tell, { once: true });
  return {
    async next(ms) {
      const done = new AbortController();
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isTold || signal.aborted) return resolve();
        for (const changes of watched) void changes.next(done.signal).then(resolve);
        if (ms !== undefined) clock.sleep(ms, done.signal).then(resolve, () => {});
      });
      isTold = false;
      done.abort();
    },
    tell,
    renew() {
      for (const changes of watched) changes.close();
      watched = open();
      // Something may have come between.
      isTold = true;
    },
    close() {
      signal.removeEventListener('abort', tell);
      for (const changes of watched) changes.close();
    },
  };
}
