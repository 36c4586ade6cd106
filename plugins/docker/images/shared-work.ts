interface Joined<News> {
  signal: AbortSignal;
  onNews(news: News): void;
}

/** What the work itself gets. */
export interface SharedTask<News> {
  /** Aborts when nobody wants the result any more. */
  signal: AbortSignal;
  tell(news: News): void;
}

/** Work that is done once for all who want it at the same time. */
export interface SharedWork<News> {
  /** Begins the work of that key, or joins it; rejects at once when the caller's own signal aborts. */
  join(
    key: string,
    joined: Joined<News>,
    begin: (task: SharedTask<News>) => Promise<void>,
  ): Promise<void>;
}

interface Running<News> {
  done: Promise<void>;
  listeners: Set<Listener<News>>;
  stop: AbortController;
  last?: News;
}

interface Listener<News> {
  tell(news: News): void;
  hasHeard: boolean;
}

/**
 * Each who joined hears of it once, and the first of those who are still there hears everything: news
 * are of the work, and are not to be told once for each.
 */
export function createSharedWork<News>(): SharedWork<News> {
  const running = new Map<string, Running<News>>();

  const begin = (key: string, work: (task: SharedTask<News>) => Promise<void>): Running<News> => {
    const listeners: Running<News>['listeners'] = new Set();
    const stop = new AbortController();
    const tell = (news: News) => {
      shared.last = news;
      [...listeners].forEach((listener, index) => {
        if (index === 0 || !listener.hasHeard) listener.tell(news);
        listener.hasHeard = true;
      });
    };
    const shared: Running<News> = { done: Promise.resolve(), listeners, stop };
    running.set(key, shared);
    shared.done = work({ signal: stop.signal, tell }).finally(() => forget(key, shared));
    return shared;
  };
  const forget = (key: string, shared: Running<News>): void => {
    if (running.get(key) === shared) running.delete(key);
  };

  return {
    async join(key, { signal, onNews }, work) {
      const shared = running.get(key) ?? begin(key, work);
      // A listener of its own for each: two may pass the same function.
      const listener: Listener<News> = { tell: (news) => onNews(news), hasHeard: false };
      shared.listeners.add(listener);
      if (shared.last !== undefined) {
        listener.tell(shared.last);
        listener.hasHeard = true;
      }
      const leave = () => {
        shared.listeners.delete(listener);
        if (shared.listeners.size > 0) return;
        forget(key, shared);
        shared.stop.abort(signal.reason);
      };
      await finishOrLeave(shared.done, { signal, leave });
    },
  };
}

async function finishOrLeave(
  done: Promise<void>,
  { signal, leave }: { signal: AbortSignal; leave: () => void },
): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([done, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    leave();
  }
}
