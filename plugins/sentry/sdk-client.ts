import type { Event } from '@sentry/core';
import { type Clock, readVersion, reasonOf } from 'devservices/machine';
import type { Logger, Metrics } from 'devservices/runner';
import { captureEvent, errorEvent, type EventFrame } from './build-event.ts';
import type { Captured } from './captures.ts';
import type { SinkCounts } from './contract.ts';
import type { FoundSdk } from './load-sdk.ts';
import { carryMarks, upstreamOnly } from './multiplex/marks.ts';
import { createMultiplexer } from './multiplex/multiplexer.ts';
import type { HandOver } from './multiplex/unsent.ts';
import type { SinkSpec } from './sink-spec.ts';
import type { ToldError } from './told-errors.ts';

/** Sends events, and nothing that they are not made of. */
export interface SdkClient {
  tellCaptured(captured: Captured): void;
  tellError(error: ToldError): void;
  /** What every envelope of its trace says comes along. */
  tellTransaction(event: Event, trace: Readonly<Record<string, string>>): void;
  /** A trace that was not sampled: its spans are reported as lost. */
  leaveOutTransaction(): void;
  flush(timeoutMs: number): Promise<boolean>;
  /** The end; what is unsent is left to a process of its own. */
  handOver(): void;
  counts(): Readonly<Record<string, SinkCounts>>;
}

export interface ClientContext {
  found: FoundSdk;
  sinks: readonly SinkSpec[];
  dropTransactions: boolean;
  frame: EventFrame;
  fetch: typeof fetch;
  metrics: Pick<Metrics, 'incr'>;
  clock: Clock;
  log: Pick<Logger, 'debug' | 'warn'>;
  signal: AbortSignal;
  /** Default: a process of its own. */
  handOver?: HandOver | undefined;
}

/** Loads the SDK, and makes a client of its own that shares nothing with whoever else uses it here. */
export function openClient({ found, frame, handOver, ...context }: ClientContext): SdkClient {
  const sdk = found.load();
  const version = readVersion();
  const multiplexer = createMultiplexer({
    ...context,
    ...(handOver ? { handOver } : {}),
    sdk,
    random: Math.random,
    client: `devservices/${version}`,
  });
  const client = new sdk.ServerRuntimeClient({
    // Of which sink is nothing to the client: whom it is sent to, the multiplexer knows.
    dsn: context.sinks[0]?.dsn,
    transport: () => multiplexer,
    integrations: [],
    stackParser: () => [],
    traceLifecycle: 'static',
    sendClientReports: false,
    release: frame.release,
    environment: frame.environment,
    _metadata: { sdk: { name: 'devservices', version } },
  });
  carryMarks(client);
  return {
    tellCaptured(captured) {
      try {
        const event = captureEvent(frame, captured);
        if (!event) return;
        const { isUnsafe = false, isInternal = false } = captured.capture;
        const marks = isUnsafe || isInternal ? { [upstreamOnly]: true } : {};
        // As it was made: no scope of others' is mixed in.
        client.sendEvent({ ...event, sdkProcessingMetadata: marks });
      } catch (thrown) {
        // A text may be anything that whoever captures it calls one.
        context.log.debug(`Something captured is not told to Sentry: ${reasonOf(thrown)}`);
      }
    },
    tellError: (error) => client.sendEvent(errorEvent(frame, error)),
    tellTransaction: (event, trace) =>
      client.sendEvent({ ...event, sdkProcessingMetadata: { dynamicSamplingContext: trace } }),
    leaveOutTransaction: () => multiplexer.recordDroppedEvent('sample_rate', 'transaction'),
    flush: (timeoutMs) => multiplexer.flush(timeoutMs),
    handOver: () => multiplexer.handOver(),
    counts: () => multiplexer.counts(),
  };
}
