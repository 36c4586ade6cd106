import type { Envelope } from '@sentry/core';
import { expect, test } from 'vitest';
import { createIngest } from '../../../rig/ingest-server.ts';
import { createLines, eventEnvelope } from './create-lines.ts';

const transactionEnvelope = [
  { event_id: 'd0d0caca00000000d0d0caca00000000' },
  [[{ type: 'transaction' }, { spans: [{}] }]],
] as unknown as Envelope;

test('a limit for one category holds back that one, and is reported', async () => {
  await using relay = await createIngest({
    answer: { status: 200, headers: { 'x-sentry-rate-limits': '60:transaction:organization' } },
  });
  await using other = await createIngest();
  const { multiplexer } = createLines({
    sinks: [
      { name: 'upstream', dsn: other.dsn },
      { name: 'relay', dsn: relay.dsn },
    ],
  });
  await multiplexer.send(eventEnvelope('before'));
  await multiplexer.flush();
  relay.answer('ok');
  await multiplexer.send(transactionEnvelope);
  await multiplexer.send(eventEnvelope('after'));
  await multiplexer.flush();
  expect(relay.items('event')).toEqual([{ message: 'before' }, { message: 'after' }]);
  expect(relay.items('transaction')).toEqual([]);
  expect(multiplexer.counts().relay).toMatchObject({
    captured: 3,
    sent: 2,
    dropped: { 'rate-limited': 1 },
  });
  expect(relay.items('client_report')).toMatchObject([
    {
      discarded_events: [
        { reason: 'ratelimit_backoff', category: 'span', quantity: 2 },
        { reason: 'ratelimit_backoff', category: 'transaction', quantity: 1 },
      ],
    },
  ]);
  expect(other.items('transaction')).toHaveLength(1);
  expect(other.items('client_report')).toEqual([]);
});

test('after 429 nothing is asked of a sink until its time has come', async () => {
  await using relay = await createIngest({
    answer: { status: 429, headers: { 'retry-after': '60' } },
  });
  const { multiplexer, count } = createLines({ sinks: [{ name: 'relay', dsn: relay.dsn }] });
  await multiplexer.send(eventEnvelope('first'));
  await multiplexer.flush();
  for (let index = 0; index < 5; index += 1) await multiplexer.send(eventEnvelope('later'));
  await multiplexer.flush();
  expect(relay.envelopes()).toHaveLength(1);
  // What is counted is what was asked.
  expect(count('internal.sent_requests.relay.events')).toBe(1);
  expect(multiplexer.counts().relay?.dropped['rate-limited']).toBe(6);
});

test('what a sink lost is reported to it once it takes things again', async () => {
  await using relay = await createIngest({ answer: { status: 500 } });
  await using other = await createIngest();
  const { multiplexer } = createLines({
    sinks: [
      { name: 'upstream', dsn: other.dsn },
      { name: 'relay', dsn: relay.dsn },
    ],
  });
  await multiplexer.send(eventEnvelope('lost'));
  // The report itself does not get through.
  await multiplexer.flush();
  relay.answer('reset');
  await multiplexer.send(eventEnvelope('lost too'));
  await multiplexer.flush();
  const before = relay.items('client_report').length;
  relay.answer('ok');
  await multiplexer.flush();
  expect(relay.items('client_report').slice(before)).toMatchObject([
    {
      discarded_events: expect.arrayContaining([
        { reason: 'send_error', category: 'error', quantity: 1 },
        { reason: 'network_error', category: 'error', quantity: 1 },
      ]) as unknown,
    },
  ]);
  await multiplexer.flush();
  expect(relay.items('client_report')).toHaveLength(before + 1);
  expect(other.items('client_report')).toEqual([]);
  // Reports are no events.
  expect(multiplexer.counts().relay).toMatchObject({ captured: 2, sent: 0 });
});

test('what is too large is reported once', async () => {
  await using relay = await createIngest({ answer: { status: 413 } });
  const { multiplexer } = createLines({ sinks: [{ name: 'relay', dsn: relay.dsn }] });
  await multiplexer.send(eventEnvelope('large'));
  await relay.waitFor(({ length }) => length === 1);
  relay.answer('ok');
  await multiplexer.flush();
  expect(relay.items('client_report').at(-1)).toMatchObject({
    discarded_events: [{ reason: 'send_error', category: 'error', quantity: 1 }],
  });
});

test('what was lost before it came is told to all, in the one report of each', async () => {
  await using upstream = await createIngest();
  await using relay = await createIngest();
  const { multiplexer } = createLines({
    sinks: [
      { name: 'upstream', dsn: upstream.dsn },
      { name: 'relay', dsn: relay.dsn, sampleRate: 0 },
    ],
  });
  await multiplexer.send(eventEnvelope('one'));
  multiplexer.recordDroppedEvent('before_send', 'error');
  multiplexer.recordDroppedEvent('sample_rate', 'transaction', 3);
  // As the client itself sends them.
  const report = {
    timestamp: 1,
    discarded_events: [{ reason: 'before_send', category: 'error', quantity: 2 }],
  };
  await multiplexer.send([{}, [[{ type: 'client_report' }, report]]] as unknown as Envelope);
  await multiplexer.flush();
  const before = [
    { reason: 'before_send', category: 'error', quantity: 3 },
    { reason: 'sample_rate', category: 'transaction', quantity: 3 },
  ];
  expect(upstream.items('client_report')).toMatchObject([{ discarded_events: before }]);
  expect(relay.items('client_report')).toMatchObject([
    { discarded_events: [{ reason: 'sample_rate', category: 'error', quantity: 1 }, ...before] },
  ]);
  expect(multiplexer.counts().upstream?.captured).toBe(1);
});
