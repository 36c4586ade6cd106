import type { Client, Envelope, Transport } from '@sentry/core';
import type { SinkCounts } from '../contract.ts';
import type { SinkSpec } from '../sink-spec.ts';
import type { Surroundings } from './surroundings.ts';
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
export function createMultiplexer({ sinks }: MultiplexerOptions): Multiplexer {
  return {
    sinks: sinks.map(({ name }) => name),
    send: () => Promise.resolve({}),
    flush: () => Promise.resolve(true),
    recordDroppedEvent: () => {},
    counts: () => ({}),
    handOver: () => {},
  };
}
