import * as sdk from '@sentry/core';
import type { Envelope } from '@sentry/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filterItems } from '../../../../plugins/sentry/multiplex/filter-items.ts';
import { defaultItemRates } from '../../../../plugins/sentry/sink-spec.ts';
import { createIngest } from '../../../rig/ingest-server.ts';
import { createLines, eventEnvelope, messagesOf } from './create-lines.ts';

const mixed = [
  { event_id: 'c0ffee00c0ffee00c0ffee00c0ffee00', trace: { trace_id: 'abc' } },
  [
    [{ type: 'event' }, { message: 'ünï\\n\u2028', nested: { b: 1, a: [null, 1.5e300] } }],
    [{ type: 'statsd' }, 'hits@none:1|c\nmore:2|g'],
    [{ type: 'attachment', length: 4, filename: 'a' }, new Uint8Array([0, 10, 255, 10])],
    [{ type: 'trace_metric', item_count: 2 }, { items: [1, 2] }],
    [{ type: 'log', item_count: 1 }, { items: [{ body: 'x' }] }],
  ],
] as unknown as Envelope;
const withoutMeasurements = [
  mixed[0],
  (mixed[1] as unknown[]).filter((_, index) => index !== 1 && index !== 3),
] as unknown as Envelope;

test('items of a type that a sink is not to get are left out, and not one byte else', async () => {
  await using all = await createIngest();
  await using few = await createIngest();
  const { multiplexer, counted } = createLines({
    sinks: [
      { name: 'upstream', dsn: few.dsn, itemRates: defaultItemRates },
      { name: 'relay', dsn: all.dsn },
    ],
  });
  const before = Buffer.from(sdk.serializeEnvelope(mixed));
  await multiplexer.send(mixed);
  await multiplexer.flush();
  expect(all.envelopes()[0]?.raw.equals(before)).toBe(true);
  expect(
    few.envelopes()[0]?.raw.equals(Buffer.from(sdk.serializeEnvelope(withoutMeasurements))),
  ).toBe(true);
  // Nor in what somebody else holds.
  expect(Buffer.from(sdk.serializeEnvelope(mixed)).equals(before)).toBe(true);
  expect(multiplexer.counts().upstream).toMatchObject({ captured: 1, sent: 1 });
  expect(counted.filter((key) => key.includes('uncaptured'))).toEqual([]);
});

test('where nothing is left out the very same envelope goes on', () => {
  const filter = { itemRates: { other: 0 }, dropTransactions: true, random: () => 0.99 };
  expect(filterItems(mixed, filter).envelope).toBe(mixed);
  const less = filterItems(mixed, { ...filter, itemRates: { statsd: 0 } }).envelope;
  expect(less).not.toBe(mixed);
  expect(less[0]).toBe(mixed[0]);
  expect(less[1][0]).toBe(mixed[1][0]);
});

test('names of items mean nothing but themselves', () => {
  const types = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
  const odd = [{}, types.map((type) => [{ type }, {}])] as unknown as Envelope;
  const filter = { itemRates: defaultItemRates, dropTransactions: false, random: () => 0 };
  expect(filterItems(odd, filter).envelope).toBe(odd);
});

test('rates of items and of envelopes are true fractions', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
      (rate, draws) => {
        const left = [...draws];
        const items = draws.map(() => [{ type: 'statsd' }, 'a:1|c']);
        const { envelope, lost } = filterItems([{}, items] as unknown as Envelope, {
          itemRates: { statsd: rate },
          dropTransactions: false,
          random: () => left.shift() as number,
        });
        expect(envelope[1]).toHaveLength(draws.filter((draw) => draw < rate || rate === 1).length);
        expect(envelope[1].length + lost.length).toBe(draws.length);
      },
    ),
  );
});

test('each sink has a rate of its own, and its losses are counted and reported to it alone', async () => {
  await using half = await createIngest();
  await using all = await createIngest();
  const draws = [0.1, 0.9, 0.24, 0.25, 0.26, 0.999];
  const { multiplexer, count } = createLines({
    random: () => draws.shift() as number,
    sinks: [
      { name: 'upstream', dsn: all.dsn },
      { name: 'relay', dsn: half.dsn, sampleRate: 0.25 },
    ],
  });
  for (let index = 0; index < 6; index += 1) await multiplexer.send(eventEnvelope(`${index}`));
  await multiplexer.flush();
  expect(draws).toEqual([]);
  expect(messagesOf(half)).toEqual(['0', '2']);
  expect(all.items('event')).toHaveLength(6);
  expect(multiplexer.counts().relay).toMatchObject({
    captured: 6,
    sent: 2,
    dropped: { 'sample-rate': 4 },
  });
  expect(count('internal.uncaptured.events.relay (sample-rate)')).toBe(4);
  expect(half.items('client_report')).toMatchObject([
    { discarded_events: [{ reason: 'sample_rate', category: 'error', quantity: 4 }] },
  ]);
  expect(all.items('client_report')).toEqual([]);
});

test('the kill switch takes transactions and leaves the rest', async () => {
  await using relay = await createIngest();
  const { multiplexer } = createLines({
    dropTransactions: true,
    sinks: [{ name: 'relay', dsn: relay.dsn }],
  });
  const transaction = [{ type: 'transaction' }, { spans: [{}, {}] }];
  const profile = [{ type: 'profile' }, { of: 'it' }];
  await multiplexer.send([{}, [transaction]] as unknown as Envelope);
  await multiplexer.send([{}, [transaction, profile]] as unknown as Envelope);
  await multiplexer.send(eventEnvelope('an error'));
  await multiplexer.flush();
  expect(relay.items('transaction')).toEqual([]);
  expect(relay.items('profile')).toEqual([{ of: 'it' }]);
  expect(relay.items('event')).toEqual([{ message: 'an error' }]);
  expect(multiplexer.counts().relay).toMatchObject({
    captured: 3,
    sent: 2,
    dropped: { 'kill-switch': 1 },
  });
  expect(relay.items('client_report')).toMatchObject([
    {
      discarded_events: [
        { reason: 'ignored', category: 'span', quantity: 6 },
        { reason: 'ignored', category: 'transaction', quantity: 2 },
      ],
    },
  ]);
});

test('an envelope of which nothing is left goes nowhere', async () => {
  await using relay = await createIngest();
  const { multiplexer } = createLines({
    sinks: [{ name: 'relay', dsn: relay.dsn, itemRates: { statsd: 0 } }],
  });
  await multiplexer.send([{}, [[{ type: 'statsd' }, 'a:1|c']]] as unknown as Envelope);
  expect(await multiplexer.flush()).toBe(true);
  expect(relay.envelopes()).toEqual([]);
  expect(multiplexer.counts().relay?.dropped.filtered).toBe(1);
});
