import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import type { Refusal } from './guard.ts';
import type { Limits } from './limits.ts';
import { createRateLimit } from './rate-limit.ts';

/** Who asks too often is told when to come again; nobody else notices. */
export interface Throttle {
  /** Counts a request; a refusal where there were too many with the same token, or with none. */
  count(incoming: IncomingMessage): Refusal | undefined;
  /** Counts a token that was none; a refusal where there were too many from the same address. */
  countRefused(incoming: IncomingMessage): Refusal | undefined;
}

export function createThrottle(
  { reads, writes, refusals }: Pick<Limits, 'reads' | 'writes' | 'refusals'>,
  clock: Clock,
): Throttle {
  const limits = {
    reads: createRateLimit({ rate: reads, clock }),
    writes: createRateLimit({ rate: writes, clock }),
    refusals: createRateLimit({ rate: refusals, clock }),
  };
  return {
    count(incoming) {
      const isRead = incoming.method === 'GET' || incoming.method === 'HEAD';
      return toRefusal(limits[isRead ? 'reads' : 'writes'].take(keyOf(incoming)));
    },
    countRefused: ({ socket }) => toRefusal(limits.refusals.take(socket.remoteAddress ?? '')),
  };
}

// Who has a token is told by it; it is not to be kept.
function keyOf({ headers: { authorization } }: IncomingMessage): string {
  if (authorization === undefined) return '';
  return createHash('sha256').update(authorization).digest('base64');
}

function toRefusal(waitMs: number): Refusal | undefined {
  if (waitMs === 0) return undefined;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return {
    status: 429,
    error: apiErrors.create('DS_API_TOO_MANY', { seconds }),
    headers: { 'retry-after': String(seconds) },
  };
}
