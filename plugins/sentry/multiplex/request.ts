import type { TransportMakeRequestResponse, TransportRequest } from '@sentry/core';
import { withDeadline } from 'devservices/machine';
import type { Endpoint } from './endpoint.ts';
import type { Surroundings } from './surroundings.ts';

/** One attempt at a time is what the wire does; the SDK's transport is built round it. */
export interface Wire {
  send(request: TransportRequest): Promise<TransportMakeRequestResponse>;
}

/** Requests to a sink, each given up after 5 s, and all of them when the signal aborts. */
export function createWire(
  endpoint: Endpoint,
  { clock, fetch, signal }: Pick<Surroundings, 'clock' | 'fetch'> & { signal: AbortSignal },
): Wire {
  const limited = <T>(work: (own: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline({ clock, ms: attemptMs, signal }, work, () => new Error('no answer within 5 s'));
  return {
    async send({ body }) {
      const response = await limited((own) =>
        fetch(endpoint.url, {
          method: 'POST',
          headers: endpoint.headers,
          body: body as string | Uint8Array<ArrayBuffer>,
          // What is sent is for this host alone.
          redirect: 'manual',
          signal: own,
        }),
      );
      // What was answered is known: nobody waits for words about it.
      void limited((own) => discard(response, own)).catch(() => {});
      return {
        statusCode: response.status,
        headers: {
          'x-sentry-rate-limits': response.headers.get('x-sentry-rate-limits'),
          'retry-after': response.headers.get('retry-after'),
        },
      };
    },
  };
}

const attemptMs = 5000;
const longestAnswerBytes = 64 * 1024;

// Read to its end the connection can be used again; one that goes on and on is closed.
async function discard({ body }: Response, signal: AbortSignal): Promise<void> {
  if (!body) return;
  const reader = body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  for (let bytes = 0; bytes < longestAnswerBytes;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.byteLength;
  }
  await reader.cancel();
}
