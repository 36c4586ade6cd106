import type * as sentryCore from '@sentry/core';
import type { Clock } from 'devservices/machine';
import type { Logger, Metrics } from 'devservices/runner';

/** What of the SDK is used here. It is an optional peer: whoever loads it passes it in. */
export type SdkParts = Pick<
  typeof sentryCore,
  | 'createTransport'
  | 'createClientReportEnvelope'
  | 'envelopeItemTypeToDataCategory'
  | 'serializeEnvelope'
>;

/** What sinks work with. */
export interface Surroundings {
  sdk: SdkParts;
  fetch: typeof fetch;
  metrics: Pick<Metrics, 'incr'>;
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  log: Pick<Logger, 'debug'>;
  /** Who sends, in the header of each request: `devservices/1.2.3`. */
  client: string;
  /** Once it aborts nothing is sent from here: `fetch` would refuse. What is left can be handed over. */
  signal?: AbortSignal;
}
