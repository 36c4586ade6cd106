import { expect, test } from 'vitest';
import { begin, openIngest } from './begin-run.ts';

test('an ingest that hangs is waited for as long as the options say; what it has not taken is handed over', async () => {
  const [upstream, relay] = [await openIngest('hang'), await openIngest()];
  const run = begin({ dsn: upstream.dsn, sinks: { relay: relay.dsn }, flushTimeout: '300ms' });
  run.finish();
  const { ending, isOver } = run.close();
  await Promise.all([upstream, relay].map((each) => each.waitFor((all) => all.length === 1)));
  await run.clock.advance(299);
  expect(isOver()).toBe(false);
  expect(run.handed).toEqual([]);
  await run.clock.advance(1);
  await ending;
  expect(run.handed).toHaveLength(1);
  expect(run.handed[0]?.url).toContain(`127.0.0.1:${upstream.port}`);
  expect(run.telling.counts()['upstream']).toMatchObject({ captured: 1, sent: 0, handedOver: 1 });
  expect(run.telling.counts()['relay']).toMatchObject({ captured: 1, sent: 1, handedOver: 0 });
});

test('an ingest that answers is not waited for any longer', async () => {
  const ingest = await openIngest();
  const run = begin({ dsn: ingest.dsn });
  run.finish();
  // The clock stands still: only the answer can end it.
  await run.telling.close();
  expect(ingest.items('transaction')).toMatchObject([
    { transaction: 'devservices up', tags: { exit_code: '0', checkout: '01234567' } },
  ]);
  expect(run.handed).toEqual([]);
});

for (const [exitCode, status] of [
  [0, 'ok'],
  [1, 'failed_precondition'],
  [2, 'invalid_argument'],
  [3, 'unavailable'],
  [4, 'internal_error'],
  [70, 'internal_error'],
  [130, 'cancelled'],
  [99, 'unknown'],
] as const) {
  test(`a task that ends with ${exitCode} is ${status}`, async () => {
    const ingest = await openIngest();
    const run = begin({ dsn: ingest.dsn });
    run.finish(exitCode);
    await run.telling.close();
    expect(ingest.items('transaction')).toMatchObject([
      { contexts: { trace: { status } }, tags: { exit_code: `${exitCode}` } },
    ]);
  });
}

test('after Ctrl-C nothing is sent from here any more, and all of it is handed over', async () => {
  const ingest = await openIngest();
  const run = begin({ dsn: ingest.dsn });
  run.finish(130);
  run.stop.abort(new Error('interrupted'));
  await run.telling.close();
  expect(ingest.envelopes()).toEqual([]);
  expect(run.handed).toHaveLength(1);
});

test('a project’s option that is not answered holds up the end no longer than that', async () => {
  const run = begin({ flushTimeout: '300ms' }, { use: () => new Promise<never>(() => {}) });
  const { ending, isOver } = run.close();
  await run.clock.advance(299);
  expect(isOver()).toBe(false);
  await run.clock.advance(1);
  await ending;
  expect(run.handed).toEqual([]);
});

test('of 10,000 captures before the SDK is there the first 100 are sent', async () => {
  const ingest = await openIngest();
  const run = begin({ dsn: ingest.dsn, dropTransactions: true });
  for (let index = 0; index < 10_000; index += 1) {
    run.captures.add({ atMs: 0, what: { text: `no ${index}`, level: 'info' }, capture: {} });
  }
  expect(run.captures.kept).toBe(100);
  await run.telling.close();
  const messages = (ingest.items('event') as { message: string }[]).map(({ message }) => message);
  const first = Array.from({ length: 100 }, (_, index) => `no ${index}`);
  // Several are under way at once.
  expect(messages.toSorted()).toEqual(first.toSorted());
});

test('what cannot even be read as a text is left out, and harms nothing', async () => {
  const ingest = await openIngest();
  const run = begin({ dsn: ingest.dsn, dropTransactions: true });
  const strange = {
    toString() {
      throw new Error('no text');
    },
  } as unknown as string;
  for (const text of [strange, 'a text']) {
    run.captures.add({ atMs: 0, what: { text, level: 'info' }, capture: {} });
  }
  await run.telling.close();
  expect(ingest.items('event')).toMatchObject([{ message: 'a text' }]);
  expect(run.said).toEqual([expect.stringContaining('no text')]);
});

test('with nobody to tell nobody listens, and nothing is kept', async () => {
  let listening = 0;
  const subscribe = () => {
    listening += 1;
    return () => {};
  };
  const run = begin({}, { events: { subscribe, emit() {} } });
  await run.telling.flush(1);
  expect(listening).toBe(0);
  run.captures.add({ atMs: 0, what: { text: 'x', level: 'info' }, capture: {} });
  expect(run.captures.kept).toBe(0);
  await run.telling.close();
  expect(run.said).toEqual([]);
});

test('a trace that is not sampled is reported as lost to who is told of something else', async () => {
  const ingest = await openIngest();
  const run = begin({ dsn: ingest.dsn, tracesSampleRate: 0 });
  run.captures.add({ atMs: 0, what: { text: 'x', level: 'info' }, capture: {} });
  run.finish();
  await run.telling.close();
  expect(ingest.items('event')).toHaveLength(1);
  expect(ingest.items('client_report')).toMatchObject([
    { discarded_events: [{ reason: 'sample_rate', category: 'transaction', quantity: 1 }] },
  ]);
});
