import * as sdk from '@sentry/core';
import type { Envelope } from '@sentry/core';
import { systemClock } from '../../../core/clock.ts';
import { createMultiplexer } from '../../../plugins/sentry/multiplex/multiplexer.ts';

/** What is sent to whom, of a process that has no time to send it. */
interface Left {
  dsns: Readonly<Record<string, string>>;
  messages: readonly string[];
}

const { dsns, messages } = JSON.parse(process.env['LEAVING'] ?? '') as Left;

const multiplexer = createMultiplexer({
  sdk,
  clock: systemClock,
  random: () => 0,
  client: 'devservices/0.0.0',
  metrics: { incr() {} },
  log: { debug: (text) => process.stdout.write(`${text}\n`) },
  // Nothing gets out of this process.
  fetch: (_, init) =>
    new Promise((__, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('given up')));
    }),
  sinks: Object.entries(dsns).map(([name, dsn]) => ({ name, dsn, sampleRate: 1, itemRates: {} })),
});
for (const message of messages) {
  await multiplexer.send([{}, [[{ type: 'event' }, { message }]]] as unknown as Envelope);
}
const isAllSent = await multiplexer.flush(1);
multiplexer.handOver();
// It ends as soon as nothing holds it.
process.stdout.write(`${JSON.stringify({ isAllSent, counts: multiplexer.counts() })}\n`);
