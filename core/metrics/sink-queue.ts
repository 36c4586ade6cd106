import type { Clock } from '../clock.ts';
import { reasonOf } from '../errors/as-error.ts';
import type { MetricDrop, MetricSample, MetricsSink } from '../metrics.ts';
import { plainText } from '../plain-text.ts';
import type { MetricsLimits } from './limits.ts';
import { joinSamples } from './join-samples.ts';
import { amountOf } from './totals.ts';

/** What one sink has yet to take. It has one batch at a time; what comes meanwhile is joined by row. */
export interface SinkQueue {
  readonly sink: MetricsSink;
  /** Nothing is sent before `send`. */
  add(samples: readonly MetricSample[]): void;
  send(): void;
  /** For who leaves no time to wait: hands over what waits, where the sink can take it so. */
  sendNow(): void;
  /** Lets it take the rest and closes it; what is left when the signal aborts is given up. Never throws. */
  end(signal: AbortSignal): Promise<void>;
  /** Closes it without the rest. */
  discard(): void;
}

export interface SinkQueueOptions {
  clock: Clock;
  random(): number;
  limits: MetricsLimits;
  onDrop(reason: MetricDrop, amount: number): void;
  /** The first time that it fails. */
  onFailure(reason: string): void;
}

export function createSinkQueue(sink: MetricsSink, options: SinkQueueOptions): SinkQueue {
  const { clock, limits } = options;
  const picking = { most: limits.values, random: options.random };
  // By its row's tags: each row has an object of its own.
  const waiting = new Map<object, MetricSample>();
  let underWay: { giveUp(reason: Error): void } | undefined;
  let sending: Promise<void> | undefined;
  let hasFailed = false;

  const drop = (reason: MetricDrop, samples: Iterable<MetricSample>) => {
    for (const sample of samples) options.onDrop(reason, amountOf(sample));
  };
  const noteFailure = (thrown: unknown) => {
    if (!hasFailed) options.onFailure(briefly(thrown));
    hasFailed = true;
  };
  const takeWaiting = () => {
    const batch = Object.freeze([...waiting.values()]);
    waiting.clear();
    return batch;
  };

  const sendBatch = async (batch: readonly MetricSample[]) => {
    const late = new AbortController();
    const done = new AbortController();
    const giveUp = (reason: Error) => {
      if (late.signal.aborted) return;
      drop('deadline', batch);
      noteFailure(reason);
      done.abort();
      late.abort(reason);
    };
    underWay = { giveUp };
    const isTooLong = () => giveUp(new Error(`it took longer than ${limits.sendMs} ms`));
    clock.idle(limits.sendMs, done.signal).then(isTooLong, () => {});
    try {
      // A sink that ignores its signal gets nothing more before it has settled: one at a time.
      await sink.send(batch, late.signal);
    } catch (thrown) {
      if (late.signal.aborted) return;
      drop('sink-failed', batch);
      noteFailure(thrown);
    } finally {
      done.abort();
      underWay = undefined;
    }
  };
  const sendAll = async () => {
    while (waiting.size > 0) await sendBatch(takeWaiting());
    sending = undefined;
  };
  const send = () => {
    if (waiting.size > 0) sending ??= sendAll();
  };
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= (async () => {
      try {
        await sink.close?.();
      } catch (thrown) {
        noteFailure(thrown);
      }
    })());

  return {
    sink,
    add(samples) {
      for (const sample of samples) {
        const earlier = waiting.get(sample.tags);
        if (earlier) waiting.set(sample.tags, joinSamples(earlier, sample, picking));
        else if (!sending || waiting.size < limits.waiting) waiting.set(sample.tags, sample);
        else drop('queue-full', [sample]);
      }
    },
    send,
    sendNow() {
      if (!sink.sendNow || waiting.size === 0) return;
      const batch = takeWaiting();
      try {
        sink.sendNow(batch);
      } catch {
        // Nobody is left to be told.
        drop('sink-failed', batch);
      }
    },
    async end(signal) {
      send();
      const ended = Promise.resolve(sending).then(close);
      await Promise.race([ended, whenAborted(signal)]);
      underWay?.giveUp(new Error('it had not taken all of them at the end'));
      drop('deadline', takeWaiting());
      // What it holds open must not keep the process.
      void close();
    },
    discard() {
      waiting.clear();
      void close();
    },
  };
}

function briefly(thrown: unknown): string {
  try {
    return plainText(reasonOf(thrown)).slice(0, 200);
  } catch {
    return 'it threw what cannot be written down';
  }
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
