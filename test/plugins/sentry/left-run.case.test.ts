import type { Event } from '@sentry/core';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leaveRunToProcess } from '../../../plugins/sentry/left-run.ts';
import { sinkOf } from '../../../plugins/sentry/resolve-sinks.ts';
import { createIngest } from '../../rig/ingest-server.ts';

const ids = { traceId: 'a'.repeat(32), rootSpanId: 'b'.repeat(16) };
const event = {
  event_id: 'c'.repeat(32),
  type: 'transaction' as const,
  transaction: 'devservices up',
  start_timestamp: 1,
  timestamp: 2,
  contexts: { trace: { trace_id: ids.traceId, span_id: ids.rootSpanId, op: 'task' } },
  spans: [],
} satisfies Event;

test('a run that is left is told to each sink as far as it takes it, by the SDK of the repo', async () => {
  const [one, two, none] = await Promise.all([createIngest(), createIngest(), createIngest()]);
  for (const ingest of [one, two, none]) onTestFinished(() => ingest.close());
  const isLeft = leaveRunToProcess({
    root: resolve(import.meta.dirname, '../../..'),
    sinks: [
      sinkOf({ name: 'upstream', dsn: one.dsn }),
      sinkOf({ name: 'relay', dsn: two.dsn }),
      sinkOf({ name: 'errors', dsn: none.dsn, items: { transaction: 0 } }),
    ],
    frame: { ...ids, release: 'devservices@1', environment: 'development', tags: {} },
    errors: [{ code: 'DS_PLUGIN_THREW', blame: 'plugin', atMs: 1000, frames: [], plugin: 'shop' }],
    trace: {
      event,
      description: { trace_id: ids.traceId, public_key: 'key', sampled: 'true' },
    },
  });
  expect(isLeft).toBe(true);
  for (const ingest of [one, two]) {
    await ingest.waitFor((all) => all.length === 2);
    expect(ingest.items('transaction')).toMatchObject([event]);
    expect(ingest.items('event')).toMatchObject([{ tags: { code: 'DS_PLUGIN_THREW' } }]);
    const header = ingest.envelopes().map((envelope) => envelope.header)[1];
    expect(header).toMatchObject({ trace: { trace_id: ids.traceId, sampled: 'true' } });
  }
  await none.waitFor((all) => all.length === 1);
  expect(none.items('transaction')).toEqual([]);
});
