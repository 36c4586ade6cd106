import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import type { SinkCounts } from '../../../../plugins/sentry/contract.ts';
import { createIngest } from '../../../rig/ingest-server.ts';
import { createLines, eventEnvelope } from './create-lines.ts';

function accountFor({ sent, handedOver, dropped }: SinkCounts): number {
  return sent + handedOver + Object.values(dropped).reduce((a, b) => a + b);
}

test('all sinks have one deadline, and one that hangs does not keep the others from being flushed', async () => {
  await using first = await createIngest({ answer: 'hang' });
  await using second = await createIngest({ answer: 'hang' });
  await using good = await createIngest();
  const clock = createFakeClock();
  const { multiplexer } = createLines({
    clock,
    sinks: [
      { name: 'upstream', dsn: first.dsn },
      { name: 'relay', dsn: second.dsn },
      { name: 'good', dsn: good.dsn },
    ],
  });
  await multiplexer.send(eventEnvelope('one'));
  let isOver = false;
  const flushed = multiplexer.flush(300).finally(() => {
    isOver = true;
  });
  await good.waitFor(({ length }) => length === 1);
  await clock.advance(299);
  expect(isOver).toBe(false);
  await clock.advance(1);
  expect(await flushed).toBe(false);
  multiplexer.handOver();
});

test('what is left in the end is handed over, with the report of what was lost', async () => {
  await using slow = await createIngest({ answer: 'slow', key: 'c0ffee' });
  await using good = await createIngest();
  const { multiplexer, handedOver } = createLines({
    sinks: [
      { name: 'upstream', dsn: good.dsn },
      { name: 'relay', dsn: slow.dsn },
    ],
  });
  for (let index = 0; index < 103; index += 1) await multiplexer.send(eventEnvelope(`${index}`));
  await slow.waitFor(({ length }) => length === 4);
  await good.waitFor(({ length }) => length === 100);
  multiplexer.handOver();
  const relay = multiplexer.counts().relay as SinkCounts;
  expect(relay).toMatchObject({ captured: 103, sent: 0, handedOver: 100 });
  expect(relay.dropped['queue-full']).toBe(3);
  const ofRelay = handedOver.filter(({ url }) => url.includes(`:${slow.port}/`));
  expect(ofRelay).toHaveLength(101);
  expect(ofRelay.at(-1)?.body).toContain('queue_overflow');
  expect(ofRelay[0]?.headers['x-sentry-auth']).toContain('sentry_key=c0ffee');
  // Of what is under way nothing is waited for.
  await slow.disconnected();

  await multiplexer.send(eventEnvelope('too late'));
  multiplexer.handOver();
  for (const counts of Object.values(multiplexer.counts())) {
    expect(accountFor(counts)).toBe(counts.captured);
  }
  expect(multiplexer.counts().relay?.dropped.deadline).toBe(1);
  expect(await multiplexer.flush()).toBe(true);
});

test('what nobody takes over is dropped, the same of each sink', async () => {
  await using first = await createIngest({ answer: 'hang' });
  await using second = await createIngest({ answer: 'hang' });
  const { multiplexer, count } = createLines({
    handOver: () => 5,
    sinks: [
      { name: 'upstream', dsn: first.dsn },
      { name: 'relay', dsn: second.dsn },
    ],
  });
  for (let index = 0; index < 4; index += 1) await multiplexer.send(eventEnvelope(`${index}`));
  multiplexer.handOver();
  expect(multiplexer.counts()).toMatchObject({
    upstream: { captured: 4, handedOver: 3, dropped: { deadline: 1 } },
    relay: { captured: 4, handedOver: 2, dropped: { deadline: 2 } },
  });
  expect(count('internal.uncaptured.events.relay (deadline)')).toBe(2);
});

test('where all is sent nothing is handed over', async () => {
  await using relay = await createIngest();
  const { multiplexer, handedOver } = createLines({
    handOver: () => {
      throw new Error('nobody is needed');
    },
    sinks: [{ name: 'relay', dsn: relay.dsn }],
  });
  await multiplexer.send(eventEnvelope('one'));
  await multiplexer.flush();
  multiplexer.handOver();
  expect(handedOver).toEqual([]);
});

test('an interruption keeps what could not be sent for whoever it is handed over to', async () => {
  await using relay = await createIngest({ answer: 'hang' });
  const interrupt = new AbortController();
  const { multiplexer, handedOver } = createLines({
    signal: interrupt.signal,
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        signal: AbortSignal.any([interrupt.signal, init?.signal as AbortSignal]),
      }),
    sinks: [{ name: 'relay', dsn: relay.dsn }],
  });
  await multiplexer.send(eventEnvelope('under way'));
  await relay.waitFor(({ length }) => length === 1);
  interrupt.abort(new Error('Ctrl-C'));
  await multiplexer.send(eventEnvelope('after'));
  // At once, as nothing can be sent.
  expect(await multiplexer.flush()).toBe(false);
  multiplexer.handOver();
  expect(handedOver.map(({ body }) => String(body).includes('under way'))).toEqual([true, false]);
  expect(multiplexer.counts().relay).toMatchObject({ captured: 2, handedOver: 2 });
});

test('sending has no part in the context of who captured', async () => {
  await using relay = await createIngest();
  const context = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const { multiplexer } = createLines({
    fetch: (input, init) => {
      seen.push(context.getStore());
      return fetch(input, init);
    },
    sinks: [{ name: 'relay', dsn: relay.dsn }],
  });
  await context.run('a request', () => multiplexer.send(eventEnvelope('one')));
  await multiplexer.flush();
  expect(seen).toEqual([undefined]);
});

test('a sink whose work throws is no matter of the others', async () => {
  await using good = await createIngest();
  await using bad = await createIngest();
  const { multiplexer } = createLines({
    fetch: (input, init) => {
      if ((input as string).includes(`:${bad.port}/`)) throw new TypeError('no such thing');
      return fetch(input, init);
    },
    sinks: [
      { name: 'upstream', dsn: bad.dsn },
      { name: 'relay', dsn: good.dsn },
    ],
  });
  await multiplexer.send(eventEnvelope('one'));
  const odd = {
    toJSON: () => {
      throw new Error('unwritable');
    },
  };
  await multiplexer.send([{}, [[{ type: 'event', odd }, {}]]] as never);
  expect(await multiplexer.flush()).toBe(true);
  expect(good.items('event')).toEqual([{ message: 'one' }]);
  expect(multiplexer.counts()).toMatchObject({
    upstream: { captured: 2, sent: 0, dropped: { failed: 2 } },
    relay: { captured: 2, sent: 1, dropped: { failed: 1 } },
  });
});
