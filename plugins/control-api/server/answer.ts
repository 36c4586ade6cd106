import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Clock, reasonOf } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import { guardRequest, type Refusal, tooLarge } from './guard.ts';
import type { Limits } from './limits.ts';
import type { OwnPlace } from './own-hosts.ts';
import { drain, readBody } from './read-body.ts';
import type { ServedApp } from './served-app.ts';
import { shownPath } from './shown-path.ts';
import { createThrottle } from './throttle.ts';
import { toResponse, writeRefusal } from './write-refusal.ts';

export interface AnswerOptions {
  app: ServedApp;
  clock: Clock;
  limits: Limits;
  place: OwnPlace;
  /** The server's own. */
  token: string;
  /** Aborts when the server closes. */
  closing: AbortSignal;
}

/** Answers one request; never rejects. `onGo` is called once it may send its body. */
export type Answer = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onGo?: () => void,
) => Promise<void>;

// Of what is refused for its size; a connection that is cut at once would lose the answer.
const maxDrainBytes = 1024 * 1024;
const lingerMs = 1000;
const cutAtTimeout = new WeakSet<Socket>();

/** Guards, counts and reads requests, and gives the good ones to the app. */
export function createAnswer({ app, clock, limits, place, token, closing }: AnswerOptions): Answer {
  const throttle = createThrottle(limits, clock);
  const answerByApp = getRequestListener(
    async (request, { incoming }) => {
      const response = await app.fetch(request, {
        ownerToken: token,
        address: incoming.socket.remoteAddress ?? '',
        signal: closing,
      });
      if (isStream(response)) cutWhenStalled(incoming as IncomingMessage, limits.stallTimeoutMs);
      const isRefused = response.status === 401 && incoming.headers.authorization !== undefined;
      // Good ones never come here: whoever tries many others is told no more than that.
      const refusal = isRefused ? throttle.countRefused(incoming as IncomingMessage) : undefined;
      if (!refusal) return response;
      await response.body?.cancel();
      return toResponse(refusal);
    },
    {
      overrideGlobalObjects: false,
      errorHandler: (thrown) => {
        app.log.error(`A request could not be answered: ${reasonOf(thrown)}`);
        return toResponse({
          status: 500,
          error: apiErrors.create('DS_API_BROKE', { key: 'the server' }),
        });
      },
    },
  );

  const refuse = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    refusal: Refusal,
  ): Promise<void> => {
    const { method = '', url = '' } = incoming;
    app.audit({
      method,
      path: shownPath(url, token),
      status: refusal.status,
      by: 'anonymous',
      elapsedMs: 0,
      code: refusal.error.code,
    });
    writeRefusal(outgoing, refusal);
    const over = new AbortController();
    const lingered = clock.sleep(lingerMs, over.signal).catch(() => {});
    await Promise.race([drain(incoming, maxDrainBytes), lingered]);
    over.abort();
    outgoing.end();
  };

  return async (incoming, outgoing, onGo) => {
    try {
      const refusal =
        refuseAtClose(closing) ??
        guardRequest(incoming, { ...limits, place, token }) ??
        throttle.count(incoming);
      if (refusal) return await refuse(incoming, outgoing, refusal);
      onGo?.();
      const body = await readBody(incoming, limits.maxBodyBytes);
      if (!body) return await refuse(incoming, outgoing, tooLarge(limits.maxBodyBytes));
      // Where the listener looks for one that was read before.
      await answerByApp(Object.assign(incoming, { rawBody: body }), outgoing);
    } catch {
      // Whoever asked has left, or the answer broke off: nobody is there to be told.
      outgoing.destroy();
    }
  };
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true;
}

// Who stops reading would keep the connection for ever, with all that was written to it.
function cutWhenStalled({ socket }: IncomingMessage, timeoutMs: number): void {
  socket.setTimeout(timeoutMs);
  // One connection may carry several streams, one after another.
  if (!cutAtTimeout.has(socket)) socket.once('timeout', () => socket.destroy());
  cutAtTimeout.add(socket);
}

function refuseAtClose(closing: AbortSignal): Refusal | undefined {
  if (!closing.aborted) return undefined;
  return { status: 503, error: apiErrors.create('DS_API_STOPPING', {}) };
}
