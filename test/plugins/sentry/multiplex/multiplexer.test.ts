import * as sdk from '@sentry/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { createIngest, type IngestAnswer } from '../../../rig/ingest-server.ts';
import { createLines, eventEnvelope, messagesOf } from './create-lines.ts';

test('each sink gets every envelope, upstream first in the order of sinks', async () => {
  await using upstream = await createIngest({ key: 'aaaa' });
  await using relay = await createIngest({ key: 'bbbb', project: 'sub/path/7' });
  const { multiplexer, count } = createLines({
    sinks: [
      { name: 'relay', dsn: relay.dsn },
      { name: 'upstream', dsn: upstream.dsn },
    ],
  });
  const envelopes = ['one', 'two', 'three'].map(eventEnvelope);
  for (const envelope of envelopes) await multiplexer.send(envelope);
  expect(await multiplexer.flush()).toBe(true);

  expect(multiplexer.sinks).toEqual(['upstream', 'relay']);
  for (const ingest of [upstream, relay]) {
    // They go on several connections, in no order.
    expect(new Set(ingest.envelopes().map(({ raw }) => raw.toString()))).toEqual(
      new Set(envelopes.map((envelope) => sdk.serializeEnvelope(envelope))),
    );
    expect(ingest.envelopes()).toHaveLength(3);
  }
  const [first] = relay.envelopes();
  expect(first?.url).toBe('/sub/path/api/7/envelope/');
  expect(first?.headers).toMatchObject({
    'content-type': 'application/x-sentry-envelope',
    'x-sentry-auth': 'Sentry sentry_version=7, sentry_client=devservices/0.0.0, sentry_key=bbbb',
  });
  expect(multiplexer.counts().relay).toMatchObject({ captured: 3, sent: 3, handedOver: 0 });
  for (const name of ['upstream', 'relay']) {
    expect(count(`internal.captured.events.${name}`)).toBe(3);
    expect(count(`internal.sent_requests.${name}.events`)).toBe(3);
  }
});

test('what is captured is not waited for', async () => {
  await using relay = await createIngest({ answer: 'hang' });
  const { multiplexer } = createLines({ sinks: [{ name: 'relay', dsn: relay.dsn }] });
  await multiplexer.send(eventEnvelope('one'));
  expect(relay.envelopes()).toEqual([]);
  await relay.waitFor(({ length }) => length === 1);
  expect(multiplexer.counts().relay).toMatchObject({ captured: 1, sent: 0 });
  multiplexer.handOver();
});

const troubles: [string, IngestAnswer, 'failed' | 'rate-limited'][] = [
  ['429', { status: 429, headers: { 'retry-after': '60' } }, 'rate-limited'],
  ['500', { status: 500 }, 'failed'],
  ['a reset', 'reset', 'failed'],
  ['garbage', 'garbage', 'failed'],
];

test.each(troubles)('a sink that answers %s costs no other anything', async (_, answer, reason) => {
  await using bad = await createIngest({ answer, key: 'b4dkey' });
  await using good = await createIngest();
  const { multiplexer, said, counted, count } = createLines({
    sinks: [
      { name: 'upstream', dsn: bad.dsn },
      { name: 'relay', dsn: good.dsn },
    ],
  });
  const texts = Array.from({ length: 20 }, (__, index) => `event ${index + 10}`);
  for (const text of texts) await multiplexer.send(eventEnvelope(text));
  expect(await multiplexer.flush()).toBe(true);

  expect(messagesOf(good)).toEqual(texts);
  const { upstream, relay } = multiplexer.counts();
  expect(relay).toMatchObject({ captured: 20, sent: 20 });
  expect(upstream).toMatchObject({ captured: 20, sent: 0 });
  expect(upstream?.dropped[reason]).toBe(20);
  expect(count(`internal.uncaptured.events.upstream (${reason})`)).toBe(20);
  expect(counted.filter((key) => key.includes('uncaptured.events.relay'))).toEqual([]);
  expect(said).toHaveLength(1);
  expect(said.join()).not.toContain(bad.key);
});

test('what is for one host goes to no other that it names', async () => {
  await using other = await createIngest();
  await using relay = await createIngest({
    answer: {
      status: 307,
      headers: { location: `http://127.0.0.1:${other.port}/api/1/envelope/` },
    },
  });
  const { multiplexer } = createLines({ sinks: [{ name: 'relay', dsn: relay.dsn }] });
  await multiplexer.send(eventEnvelope('one'));
  await multiplexer.flush();
  expect(multiplexer.counts().relay?.dropped.failed).toBe(1);
  expect(other.envelopes()).toEqual([]);
});

test('a sink that hangs is given up after 5 s for each attempt, and costs no other anything', async () => {
  await using bad = await createIngest({ answer: 'hang' });
  await using good = await createIngest();
  const clock = createFakeClock();
  const { multiplexer, said } = createLines({
    clock,
    sinks: [
      { name: 'upstream', dsn: bad.dsn },
      { name: 'relay', dsn: good.dsn },
    ],
  });
  for (const text of ['one', 'two']) await multiplexer.send(eventEnvelope(text));
  await good.waitFor(({ length }) => length === 2);
  await bad.waitFor(({ length }) => length === 2);
  expect(multiplexer.counts().upstream).toMatchObject({ captured: 2, sent: 0 });
  const flushed = multiplexer.flush();
  await clock.advance(4999);
  expect(multiplexer.counts().upstream?.dropped.failed).toBe(0);
  await clock.advance(1);
  // The report of what was lost hangs as well.
  await bad.waitFor(({ length }) => length === 3);
  await clock.advance(5000);
  expect(await flushed).toBe(true);
  expect(multiplexer.counts().upstream?.dropped.failed).toBe(2);
  expect(multiplexer.counts().relay?.sent).toBe(2);
  expect(said).toEqual(["Sentry's sink upstream was not reached: no answer within 5 s."]);
});

test('an answer without end is not read to its end', async () => {
  await using endless = await createIngest({ answer: 'endless-body' });
  const { multiplexer } = createLines({ sinks: [{ name: 'relay', dsn: endless.dsn }] });
  await multiplexer.send(eventEnvelope('one'));
  expect(await multiplexer.flush()).toBe(true);
  expect(multiplexer.counts().relay?.sent).toBe(1);
  // Closed from our side, or this would not end.
  await endless.disconnected();
});

test('an answer that does not end counts by its status, and is given up after 5 s', async () => {
  await using relay = await createIngest({ answer: 'unfinished-body' });
  const clock = createFakeClock();
  const { multiplexer } = createLines({ clock, sinks: [{ name: 'relay', dsn: relay.dsn }] });
  for (let index = 0; index < 30; index += 1) await multiplexer.send(eventEnvelope(`${index}`));
  expect(await multiplexer.flush()).toBe(true);
  expect(multiplexer.counts().relay?.sent).toBe(30);
  expect(clock.sleeping).toBe(30);
  const gone = relay.disconnected();
  await clock.advance(5000);
  await gone;
});

test('a full queue takes no more, by number and by size', async () => {
  await using relay = await createIngest({ answer: 'slow' });
  const { multiplexer } = createLines({
    sinks: [{ name: 'many', dsn: relay.dsn }],
  });
  for (let index = 0; index < 130; index += 1) await multiplexer.send(eventEnvelope(`${index}`));
  expect(multiplexer.counts().many?.dropped['queue-full']).toBe(30);
  multiplexer.handOver();

  const large = createLines({ sinks: [{ name: 'large', dsn: relay.dsn }] });
  const text = 'x'.repeat(900 * 1024);
  for (let index = 0; index < 4; index += 1) await large.multiplexer.send(eventEnvelope(text));
  expect(large.multiplexer.counts().large?.dropped['queue-full']).toBe(2);
  large.multiplexer.handOver();
  // Those that did fit, and the report about those that did not.
  expect(large.handedOver.map(({ body }) => body.length > 900 * 1024)).toEqual([true, true, false]);
});
