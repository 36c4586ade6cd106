import type { Rate } from './rate-limit.ts';

/** What a server puts up with. */
export interface Limits {
  maxBodyBytes: number;
  /** Of path and query. */
  maxTargetChars: number;
  maxHeaderBytes: number;
  maxConnections: number;
  /** From the connection, or the request before it, to the end of a request's headers. */
  headersTimeoutMs: number;
  /** To the end of its body. */
  requestTimeoutMs: number;
  /** How long an idle connection is kept. */
  keepAliveMs: number;
  /** How long a stream may stand still because nobody reads it; the heartbeats of others keep them alive. */
  stallTimeoutMs: number;
  /** How long a server that closes waits for what is under way. */
  closeTimeoutMs: number;
  /** Of each token, and of all who have none together. */
  reads: Rate;
  writes: Rate;
  /** Of tokens that are none, of each address. */
  refusals: Rate;
}

export const usualLimits: Limits = {
  maxBodyBytes: 64 * 1024,
  maxTargetChars: 4096,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 512,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  keepAliveMs: 5000,
  stallTimeoutMs: 60_000,
  closeTimeoutMs: 10_000,
  reads: { perSecond: 200, burst: 400 },
  writes: { perSecond: 10, burst: 30 },
  refusals: { perSecond: 20 / 60, burst: 20 },
};
