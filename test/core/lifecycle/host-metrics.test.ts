import { expect, test } from 'vitest';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { PluginContext } from '../../../core/plugin/plugin.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHostOptions } from '../../../core/testing/test-host.ts';
import { createRecordingSink, type RecordingSink } from '../metrics/recording-sink.ts';

type Context = PluginContext<unknown>;

/** A host with one plugin that does that with its metrics. */
const open = (setup: (ctx: Context) => void, options: Partial<TestHostOptions> = {}) =>
  createTestHost({ config: { plugins: [definePlugin({ name: 'tally', setup })] }, ...options });

test('what plugins count goes to the sinks of all, what is counted while all is undone as well', async () => {
  const sink = createRecordingSink();
  await using made = open((ctx) => {
    ctx.metrics.addSink(sink);
    ctx.metrics.incr('set-up');
    ctx.defer(() => ctx.metrics.incr('undone'));
  });
  await made.host.configure();
  expect(sink.batches).toEqual([]);
  await made.host.close();
  expect(sink.samples.map(({ key }) => key)).toEqual(['set-up', 'undone']);
  expect(sink.isClosed).toBe(true);
});

test('a sink that hangs holds up the end for a second, and loses what it has', async () => {
  const clock = createFakeClock();
  let context: Context | undefined;
  await using made = open(
    (ctx) => {
      context = ctx;
      ctx.metrics.addSink({ name: 'stuck', send: () => new Promise(() => {}) });
      ctx.metrics.incr('x', { amount: 3 });
    },
    { clock },
  );
  await made.host.configure();
  let isClosed = false;
  const closed = made.host.close().then(() => void (isClosed = true));
  await clock.advance(999);
  expect(isClosed).toBe(false);
  await clock.advance(1);
  await closed;
  expect(context?.metrics.dropped().deadline).toBe(3);
  const told = made.events.filter((event) => event.event === 'message' && event.level === 'warn');
  expect(told).toMatchObject([{ text: expect.stringContaining('stuck') as string }]);
});

test('where the configuration is read again without what is broken, nothing is counted twice', async () => {
  const sinks: RecordingSink[] = [];
  const plugin = definePlugin({
    name: 'tally',
    setup(ctx) {
      const sink = createRecordingSink();
      sinks.push(sink);
      ctx.metrics.addSink(sink);
      ctx.metrics.incr('set-up');
    },
  });
  await using made = createTestHost({ config: { plugins: [plugin] } });
  await made.host.configure();
  await made.host.close();
  const before = sinks.length;
  await using broken = made.again({ plugins: [plugin], services: { db: { run: 5 as never } } });
  await broken.host.status();
  await broken.host.close();
  const later = sinks.slice(before);
  expect(later.length).toBeGreaterThan(1);
  expect(later.map((sink) => sink.total())).toEqual([...later.slice(1).map(() => 0), 1]);
  expect(later.every(({ isClosed }) => isClosed)).toBe(true);
});

test.each([
  ['development', 0],
  ['test', 0],
  ['production', 1],
  ['', 1],
])(
  'where NODE_ENV is %j, a measurement with an illegal tag is taken %i times',
  async (mode, sum) => {
    let context: Context | undefined;
    await using made = open((ctx) => void (context = ctx), { env: { NODE_ENV: mode } });
    await made.host.configure();
    context?.metrics.incr('x', { tags: { user_id: 5 } });
    expect(context?.metrics.snapshot().map((row) => [row.sum, row.tags])).toEqual(
      sum === 0 ? [] : [[sum, {}]],
    );
  },
);

test('a plugin cannot end what all of them count with', async () => {
  let context: Context | undefined;
  await using made = open((ctx) => void (context = ctx));
  await made.host.configure();
  expect(Object.keys(context?.metrics ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(close|discard)$/)]),
  );
});
