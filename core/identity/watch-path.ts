import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Changes of one file or folder, from now on. */
export interface PathChanges {
  /** Resolves at the next change, at once for one that was not yet told; also when `signal` aborts. */
  next(signal?: AbortSignal): Promise<void>;
  close(): void;
}

const lookAgainMs = 500;

/**
 * Watches what is at `path`, which need not be there, though its folder must. May tell of a change where
 * none was: the caller looks. Where the system has no watch left, it tells of one every half second.
 */
export function watchPath(path: string): PathChanges {
  let isUntold = false;
  let tell = () => {};
  const onChange = () => {
    isUntold = true;
    tell();
  };
  const stop = openWatch(dirname(path), (name) => {
    if (name === null || name === basename(path)) onChange();
  });
  return {
    next: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          signal?.removeEventListener('abort', done);
          tell = () => {};
          resolve();
        };
        tell = () => {
          if (!isUntold) return;
          isUntold = false;
          done();
        };
        if (signal?.aborted === true) return done();
        signal?.addEventListener('abort', done);
        return tell();
      }),
    close: () => stop(),
  };
}

function openWatch(folder: string, onChange: (name: string | null) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const poll = () => (timer ??= setInterval(() => onChange(null), lookAgainMs));
  try {
    const watcher = watch(folder, (_, name) => onChange(name));
    watcher.on('error', poll);
    return () => {
      watcher.close();
      clearInterval(timer);
    };
  } catch {
    poll();
    return () => clearInterval(timer);
  }
}
