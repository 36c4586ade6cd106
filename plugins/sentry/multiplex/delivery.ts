import { AsyncResource } from 'node:async_hooks';
import { once, setMaxListeners } from 'node:events';
import type { TransportMakeRequestResponse } from '@sentry/core';
import { reasonOf } from 'devservices/machine';
import type { SinkDrop } from '../contract.ts';
import type { Endpoint } from './endpoint.ts';
import type { Outcomes } from './outcomes.ts';
import { patchTransportForInstrumentation } from './patch-transport.ts';
import { asSending } from './recursion-guard.ts';
import { createWire } from './request.ts';
import { type Entry, mostEntries, type SinkQueue } from './sink-queue.ts';
import type { Surroundings } from './surroundings.ts';
import type { Tally } from './tally.ts';

/** Sends what is in a sink's queue, by the SDK's own transport with its rate limits. */
export interface Delivery {
  /** Soon, and in the background. */
  begin(): void;
  /** What is under way is given up. */
  stop(): void;
  isStopped(): boolean;
  /** Resolves as soon as it is. */
  readonly stopped: Promise<unknown>;
}

export interface DeliveryOptions extends Surroundings {
  name: string;
  endpoint: Endpoint;
  outcomes: Outcomes;
  queue: SinkQueue;
  tally: Tally;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { name, endpoint, outcomes, queue, tally, sdk } = options;
  const giveUp = new AbortController();
  const { signal } = giveUp;
  // Each answer that has not ended listens.
  setMaxListeners(0, signal);
  options.signal?.addEventListener('abort', () => giveUp.abort(), { once: true });
  if (options.signal?.aborted) giveUp.abort();
  const wire = createWire(endpoint, { ...options, signal });
  patchTransportForInstrumentation(wire, name, options.metrics);
  const transport = sdk.createTransport(
    {
      bufferSize: mostEntries,
      recordDroppedEvent(...loss) {
        // What is given up is handed over, and not lost.
        if (!signal.aborted) outcomes.record(...loss);
      },
    },
    (request) => wire.send(request),
  );
  const said = new Set<SinkDrop>();
  let isDue = false;

  const begin = (): void => {
    if (isDue || signal.aborted) return;
    isDue = true;
    // Whoever captured something goes on first.
    setImmediate(() => {
      isDue = false;
      proceed();
    });
  };
  // In nobody's context: who captured first has no part in what is sent for others.
  const proceed = AsyncResource.bind((): void => {
    if (signal.aborted) return;
    for (let entry = queue.next(); entry; entry = queue.next()) {
      const one = entry;
      asSending(one.depth, () => void deliver(one));
    }
  });
  const deliver = async (entry: Entry): Promise<void> => {
    const result = await attempt(entry);
    // It stays for whom it is handed over to.
    if (signal.aborted) return;
    queue.remove(entry);
    if (entry.report !== undefined) {
      if (result !== 'sent') outcomes.merge(entry.report);
    } else if (result === 'sent') tally.sent();
    else tally.dropped(result);
    begin();
  };
  const attempt = async ({ envelope, report }: Entry): Promise<'sent' | SinkDrop> => {
    try {
      const answer = await transport.send(envelope);
      const result = meaningOf(answer);
      if (result === 'failed') {
        say(result, `answered ${answer.statusCode}`);
        // Of the SDK's own reports only one of what is too large is written.
        if (answer.statusCode !== 413 && report === undefined) {
          for (const item of envelope[1]) outcomes.recordItem('send_error', item);
        }
      } else if (result === 'rate-limited') say(result, 'takes none for now');
      return result;
    } catch (error) {
      if (!signal.aborted) say('failed', causeOf(error));
      return 'failed';
    }
  };
  // Once of a kind: nobody needs to do anything about it.
  const say = (reason: SinkDrop, what: string): void => {
    if (said.has(reason)) return;
    said.add(reason);
    const text = endpoint.key === '' ? what : what.replaceAll(endpoint.key, '…');
    options.log.debug(`Sentry's sink ${name} was not reached: ${text}.`);
  };
  return {
    begin,
    stop: () => giveUp.abort(),
    isStopped: () => signal.aborted,
    stopped: signal.aborted ? Promise.resolve() : once(signal, 'abort'),
  };
}

// No status: all of its items were held back, as the sink has asked for.
function meaningOf({ statusCode }: TransportMakeRequestResponse): 'sent' | SinkDrop {
  if (statusCode === undefined || statusCode === 429) return 'rate-limited';
  return statusCode >= 200 && statusCode < 300 ? 'sent' : 'failed';
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return reasonOf(cause ?? error);
}
