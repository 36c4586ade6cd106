import { Scope } from '@sentry/core';
import { ServerRuntimeClient } from '@sentry/core/server';
import { expect, test } from 'vitest';
import { carryMarks, upstreamOnly } from '../../../../plugins/sentry/multiplex/marks.ts';
import { isSending } from '../../../../plugins/sentry/multiplex/recursion-guard.ts';
import { createIngest } from '../../../rig/ingest-server.ts';
import { createLines, type Lines } from './create-lines.ts';

/** The SDK's client as the plugin makes it, over these lines. */
function clientOf({ multiplexer }: Lines, dsn: string): ServerRuntimeClient {
  const client = new ServerRuntimeClient({
    dsn,
    integrations: [],
    stackParser: () => [],
    transport: () => multiplexer,
    traceLifecycle: 'static',
    platform: 'node',
  });
  carryMarks(client);
  return client;
}

// Of the client's own queue, so that all of them come through.
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test(
  'what is captured in sending goes to upstream alone, across awaits, and ends',
  {
    timeout: 60_000,
  },
  async () => {
    await using upstream = await createIngest();
    await using relay = await createIngest();
    const scope = new Scope();
    let raised = 0;
    const lines: Lines = createLines({
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        // In the sending of each, until there were 10,000; some at once, some after a while.
        for (let index = 0; index < 5000 && raised < 10_000; index += 1) {
          raised += 1;
          client.captureException(new Error(`raised ${raised}`), undefined, scope);
          if (index % 50 === 0) await nextTurn();
        }
        return answer;
      },
      sinks: [
        { name: 'upstream', dsn: upstream.dsn },
        { name: 'relay', dsn: relay.dsn },
      ],
    });
    const client = clientOf(lines, upstream.dsn);
    const { multiplexer } = lines;
    client.captureMessage('the first', 'info', undefined, scope);
    await client.flush();
    expect(await multiplexer.flush()).toBe(true);

    expect(raised).toBe(10_000);
    expect(relay.items('event')).toMatchObject([{ message: 'the first' }]);
    const { upstream: up, relay: down } = multiplexer.counts();
    expect(up?.captured).toBe(10_001);
    expect(down).toMatchObject({ captured: 10_001, sent: 1, dropped: { unsafe: 10_000 } });
    // Only what was raised in the sending of what was captured outside is told at all.
    expect(up?.sent).toBe(upstream.items('event').length);
    expect((up?.sent ?? 0) + Object.values(up?.dropped ?? {}).reduce((a, b) => a + b)).toBe(10_001);
    expect(isSending()).toBe(false);
    // What was said to be lost fits one report for each.
    expect(
      upstream.items('client_report').length + relay.items('client_report').length,
    ).toBeLessThan(4);
  },
);

test('a sending that always fails and always says so ends', async () => {
  await using upstream = await createIngest({ answer: { status: 500 } });
  const scope = new Scope();
  const lines: Lines = createLines({
    fetch: async (input, init) => {
      client.captureException(new Error('again'), undefined, scope);
      return fetch(input, init);
    },
    sinks: [{ name: 'upstream', dsn: upstream.dsn }],
  });
  const client = clientOf(lines, upstream.dsn);
  client.captureMessage('the first', 'info', undefined, scope);
  await client.flush();
  expect(await lines.multiplexer.flush()).toBe(true);
  expect(upstream.items('event').length).toBe(2);
  expect(lines.multiplexer.counts().upstream?.dropped).toMatchObject({ failed: 2 });
});

test('what is marked goes to upstream alone, and the mark goes nowhere', async () => {
  await using upstream = await createIngest();
  await using relay = await createIngest();
  const lines = createLines({
    sinks: [
      { name: 'upstream', dsn: upstream.dsn },
      { name: 'relay', dsn: relay.dsn },
    ],
  });
  const client = clientOf(lines, upstream.dsn);
  const marked = new Scope();
  marked.setSDKProcessingMetadata({ [upstreamOnly]: true });
  client.captureException(new Error('unsafe'), undefined, marked);
  client.captureMessage('safe', 'info', undefined, new Scope());
  await client.flush();
  await lines.multiplexer.flush();
  expect(relay.items('event')).toMatchObject([{ message: 'safe' }]);
  expect(upstream.items('event')).toHaveLength(2);
  expect(Buffer.concat(upstream.envelopes().map(({ raw }) => raw)).toString()).not.toMatch(
    /upstreamOnly/i,
  );
  expect(lines.counted).toContain('internal.uncaptured.events.relay (unsafe)');
});

test('without a sink called upstream nobody is told of what is unsafe', async () => {
  await using relay = await createIngest();
  const lines = createLines({ sinks: [{ name: 'relay', dsn: relay.dsn }] });
  const client = clientOf(lines, relay.dsn);
  const marked = new Scope();
  marked.setSDKProcessingMetadata({ [upstreamOnly]: true });
  client.captureException(new Error('unsafe'), undefined, marked);
  await client.flush();
  await lines.multiplexer.flush();
  expect(relay.envelopes()).toEqual([]);
  expect(lines.multiplexer.counts().relay?.dropped.unsafe).toBe(1);
});

test('the SDK has one transport for all sinks', async () => {
  await using relay = await createIngest();
  const lines = createLines({ sinks: [{ name: 'relay', dsn: relay.dsn }] });
  const client = clientOf(lines, relay.dsn);
  expect(client.getTransport()).toBe(lines.multiplexer);
});
