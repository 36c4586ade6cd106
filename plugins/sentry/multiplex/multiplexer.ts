import type { Client, ClientReport, Envelope, EnvelopeItem, Transport } from '@sentry/core';
import { reasonOf } from 'devservices/machine';
import type { SinkCounts } from '../contract.ts';
import type { SinkSpec } from '../sink-spec.ts';
import { handOverToProcess } from './hand-over.ts';
import { isMarked } from './marks.ts';
import { sendingDepth } from './recursion-guard.ts';
import { type Captured, createSink, type Sink } from './sink.ts';
import type { SdkParts, Surroundings } from './surroundings.ts';
import type { HandOver } from './unsent.ts';

/** Whom it sends to, and with what. */
export interface MultiplexerOptions extends Surroundings {
  /** In any order; the one called `upstream` is served first, and alone gets what is unsafe. */
  sinks: readonly SinkSpec[];
  /** The kill switch: transactions go to nobody. */
  dropTransactions?: boolean;
  /** Default: a process of its own, which lives for at most 10 s. */
  handOver?: HandOver;
}

/** One transport of the SDK with any number of sinks, each on its own. */
export interface Multiplexer extends Transport {
  /** `upstream` first. */
  readonly sinks: readonly string[];
  /** Takes it and resolves at once, whatever becomes of it. Never rejects. */
  send(envelope: Envelope): Promise<Record<string, never>>;
  /** One deadline for all sinks, in parallel; without one as long as it takes. False: something is left. */
  flush(timeoutMs?: number): Promise<boolean>;
  /** What was lost before it came here (`beforeSend`, sampling): all sinks are told, at the next flush. */
  recordDroppedEvent: Client['recordDroppedEvent'];
  counts(): Readonly<Record<string, SinkCounts>>;
  /** The end: gives up what is under way and hands over what has not been answered. Synchronous. */
  handOver(): void;
}

/**
 * The transport of the client: `transport: () => createMultiplexer(…)`.
 *
 * @example
 * const multiplexer = createMultiplexer({ sinks, sdk, fetch, metrics, clock, random, log, client });
 * await multiplexer.flush(300);
 * multiplexer.handOver();
 */
export function createMultiplexer(options: MultiplexerOptions): Multiplexer {
  const { sdk, clock, log, handOver = handOverToProcess, dropTransactions = false } = options;
  const sinks = options.sinks
    .toSorted((a, b) => Number(b.name === upstream) - Number(a.name === upstream))
    .map((spec) =>
      createSink({ ...options, spec, dropTransactions, isUpstream: spec.name === upstream }),
    );
  // What goes wrong with one is none of the others' business.
  const each = (work: (sink: Sink) => void): void => {
    for (const sink of sinks) {
      try {
        work(sink);
      } catch (error) {
        log.debug(`Sentry's sink ${sink.name} failed: ${reasonOf(error)}`);
      }
    }
  };
  return {
    sinks: sinks.map(({ name }) => name),
    send(envelope) {
      const reports = reportsOf(envelope);
      if (reports) each(({ outcomes }) => reports.forEach((report) => outcomes.merge(report)));
      else {
        const captured = capture(envelope, sdk);
        each((sink) => sink.offer(captured));
      }
      return Promise.resolve({});
    },
    async flush(timeoutMs) {
      const done = Promise.all(sinks.map((sink) => sink.flush())).then(noop);
      const bell = new AbortController();
      const deadline =
        timeoutMs === undefined ? [] : [clock.sleep(timeoutMs, bell.signal).catch(noop)];
      await Promise.race([done, ...deadline]);
      bell.abort();
      return sinks.every((sink) => sink.isIdle());
    },
    recordDroppedEvent(...loss) {
      each(({ outcomes }) => outcomes.record(...loss));
    },
    counts: () => Object.fromEntries(sinks.map((sink) => [sink.name, sink.counts()])),
    handOver() {
      const stopped = sinks.map((sink) => sink.stop());
      // In turns, so that no sink's many are why another's few are left behind.
      const most = Math.max(0, ...stopped.map(({ length }) => length));
      const left = Array.from({ length: most }, (_, turn) =>
        stopped.flatMap((of) => of.slice(turn, turn + 1)),
      ).flat();
      const taken = left.length === 0 ? 0 : handOver(left);
      left.forEach((one, index) => one.settle(index < taken));
    },
  };
}

const upstream = 'upstream';

const noop = (): void => {};

function capture(envelope: Envelope, sdk: SdkParts): Captured {
  const depth = sendingDepth();
  const sizes = new Map<Envelope, number>();
  return {
    envelope,
    depth,
    isUnsafe: depth > 0 || isMarked(envelope),
    // Most sinks get the very same.
    measure(one) {
      const size = sizes.get(one) ?? Buffer.byteLength(sdk.serializeEnvelope(one));
      sizes.set(one, size);
      return size;
    },
  };
}

// The client's own reports are no events: each sink gets them with what it lost itself.
function reportsOf([, items]: Envelope): ClientReport['discarded_events'][] | undefined {
  const reports = (items as EnvelopeItem[]).flatMap(([{ type }, payload]) =>
    type === 'client_report' ? [(payload as ClientReport).discarded_events] : [],
  );
  return reports.length > 0 && reports.length === items.length ? reports : undefined;
}
