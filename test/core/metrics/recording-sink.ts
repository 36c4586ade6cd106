import type { MetricSample, MetricsSink } from '../../../core/metrics.ts';

/** A sink that keeps what it gets. */
export interface RecordingSink extends MetricsSink {
  readonly batches: (readonly MetricSample[])[];
  /** All samples, in order. */
  readonly samples: readonly MetricSample[];
  /** Of counters, the sum; of one key, or of all. */
  total(key?: string): number;
  readonly isClosed: boolean;
}

export function createRecordingSink(name = 'recording'): RecordingSink {
  const batches: (readonly MetricSample[])[] = [];
  let isClosed = false;
  return {
    name,
    batches,
    get samples() {
      return batches.flat();
    },
    total: (key) =>
      batches
        .flat()
        .filter((sample) => sample.kind === 'counter' && (key === undefined || sample.key === key))
        .reduce((all, { sum }) => all + sum, 0),
    get isClosed() {
      return isClosed;
    },
    send: (batch) => void batches.push(batch),
    close: () => void (isClosed = true),
  };
}

export const noDrops = {
  cardinality: 0,
  illegal: 0,
  'queue-full': 0,
  'sink-failed': 0,
  deadline: 0,
};

/** Ends by itself only when it is told to give up, if then. */
export const createHangingSink = ({ heedsSignal = false, name = 'hanging' } = {}) => {
  const offered: (readonly MetricSample[])[] = [];
  const sink: MetricsSink = {
    name,
    send: (batch, signal) =>
      new Promise((_, reject) => {
        offered.push(batch);
        if (heedsSignal) signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  };
  return { sink, offered };
};

/** Numbers from 0 to below 1, the same for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lines that were told, by level. */
export function createLines() {
  const lines: { level: 'debug' | 'warn'; text: string }[] = [];
  return {
    lines,
    debug: (text: string) => void lines.push({ level: 'debug', text }),
    warn: (text: string) => void lines.push({ level: 'warn', text }),
  };
}
