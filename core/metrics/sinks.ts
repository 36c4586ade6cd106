import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { MetricDrop, MetricSample, MetricsSink } from '../metrics.ts';
import { atExit } from './at-exit.ts';
import type { MetricsLimits } from './limits.ts';
import { createSinkQueue, type SinkQueue } from './sink-queue.ts';

/** Where what was recorded goes, and when. */
export interface Sinks {
  /** From now on it gets what is recorded; returns how to end it. */
  add(sink: MetricsSink): () => void;
  /** So many rows have changed since the last flush. */
  noteChange(rows: number): void;
  close(): Promise<void>;
  discard(): void;
}

export interface SinksOptions {
  clock: Clock;
  random(): number;
  limits: MetricsLimits;
  log: Pick<Logger, 'warn'> | undefined;
  onDrop(reason: MetricDrop, amount: number): void;
  /** What was recorded since it was last taken. */
  take(): readonly MetricSample[];
}

export function createSinks({ clock, limits, take, log, ...options }: SinksOptions): Sinks {
  const queues = new Set<SinkQueue>();
  const ending = new Set<Promise<void>>();
  const deadline = new AbortController();
  // What is sent belongs to nobody's call: it has no tags of a scope, and nobody's context.
  const outside = new AsyncResource('devservices.metrics');
  let timer: AbortController | undefined;
  let isDue = false;
  let forgetExit: (() => void) | undefined;
  let closed: Promise<void> | undefined;

  const collect = () => {
    isDue = false;
    timer?.abort();
    timer = undefined;
    const samples = take();
    for (const queue of queues) queue.add(samples);
  };
  const flush = () => {
    collect();
    for (const queue of queues) queue.send();
  };
  const handOver = () => {
    collect();
    for (const queue of queues) queue.sendNow();
  };
  const watchExit = () => {
    const isWanted = [...queues].some(({ sink }) => sink.sendNow !== undefined);
    if (isWanted) forgetExit ??= atExit(handOver);
    else {
      forgetExit?.();
      forgetExit = undefined;
    }
  };
  const end = (queue: SinkQueue): Promise<void> => {
    const ended = queue.end(deadline.signal).finally(() => ending.delete(ended));
    ending.add(ended);
    return ended;
  };
  const endAll = async () => {
    if (queues.size + ending.size === 0) return;
    collect();
    const bell = new AbortController();
    const expire = () => deadline.abort(new Error('the deadline of the end is over'));
    clock.sleep(limits.closeMs, bell.signal).then(expire, () => {});
    for (const queue of queues) void end(queue);
    await Promise.all(ending);
    bell.abort();
    queues.clear();
    watchExit();
  };

  return {
    add(sink) {
      if (closed) return () => {};
      // What was recorded before is not for it.
      flush();
      const queue = createSinkQueue(sink, {
        ...options,
        clock,
        limits,
        onFailure: (reason) =>
          log?.warn(`Metrics that the sink ${sink.name} does not take are lost: ${reason}`),
      });
      queues.add(queue);
      watchExit();
      return () => {
        if (closed || !queues.has(queue)) return;
        flush();
        queues.delete(queue);
        watchExit();
        void end(queue);
      };
    },
    noteChange(rows) {
      if (queues.size === 0 || closed) return;
      if (rows >= limits.changedRows && !isDue) {
        isDue = true;
        // Not in the midst of whoever counts.
        outside.runInAsyncScope(() => queueMicrotask(flush));
      }
      if (timer) return;
      const { signal } = (timer = new AbortController());
      outside.runInAsyncScope(() => {
        clock.idle(limits.flushMs, signal).then(flush, () => {});
      });
    },
    close: () => (closed ??= endAll()),
    discard() {
      closed ??= Promise.resolve();
      timer?.abort();
      for (const queue of queues) queue.discard();
      queues.clear();
      watchExit();
    },
  };
}
