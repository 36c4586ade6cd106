import { expect, test } from 'vitest';
import {
  createTraceContext,
  type TraceSettings,
} from '../../../../plugins/sentry/trace/trace-context.ts';

const settings: TraceSettings = {
  sampleRate: 1,
  environment: 'development',
  release: 'devservices@1.2.3',
};

test('ids are as the protocol has them, differ, and stay', () => {
  const trace = createTraceContext(settings);
  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(trace.rootSpanId).toMatch(/^[0-9a-f]{16}$/);
  expect(trace.spanIdOf('api')).toMatch(/^[0-9a-f]{16}$/);
  expect(trace.spanIdOf('api')).toBe(trace.spanIdOf('api'));
  const ids = [trace.rootSpanId, trace.spanIdOf('api'), trace.spanIdOf('db')];
  expect(new Set(ids).size).toBe(3);
  expect(createTraceContext(settings).traceId).not.toBe(trace.traceId);
});

test('a service continues the trace below its own span', () => {
  const trace = createTraceContext(settings);
  expect(trace.header('api')).toBe(`${trace.traceId}-${trace.spanIdOf('api')}-1`);
  expect(trace.baggage('abc')).toBe(
    [
      `sentry-trace_id=${trace.traceId}`,
      'sentry-public_key=abc',
      'sentry-environment=development',
      'sentry-release=devservices%401.2.3',
      'sentry-sample_rate=1',
      'sentry-sampled=true',
    ].join(','),
  );
});

test('nothing of an environment gets out of its place in the baggage', () => {
  const trace = createTraceContext({ ...settings, environment: 'a,b=c;d\n e' });
  expect(trace.baggage()).toContain('sentry-environment=a%2Cb%3Dc%3Bd%0A%20e,');
});

// The last four bytes asked for are what decides.
const bytes = (fill: number) => (size: number) => new Uint8Array(size).fill(fill);
for (const [fill, rate, isSampled] of [
  [0, 0, false],
  [255, 1, true],
  [63, 0.25, true],
  [64, 0.25, false],
] as const) {
  test(`a rate of ${rate} ${isSampled ? 'takes' : 'leaves'} what is drawn as ${fill}/256`, () => {
    const trace = createTraceContext({ ...settings, sampleRate: rate, random: bytes(fill) });
    expect(trace.isSampled).toBe(isSampled);
    expect(trace.header('a').at(-1)).toBe(isSampled ? '1' : '0');
  });
}

const caller = `${'ab'.repeat(16)}-${'cd'.repeat(8)}`;

test('a caller who sampled or not decides, else the rate', () => {
  const continued = (trace: string) =>
    createTraceContext({ ...settings, continued: { trace, baggage: undefined } });
  expect(continued(`${caller}-0`)).toMatchObject({ isSampled: false, traceId: 'ab'.repeat(16) });
  expect(continued(`${caller}-1`)).toMatchObject({ isSampled: true });
  expect(continued(caller)).toMatchObject({ isSampled: true, parentSpanId: 'cd'.repeat(8) });
});

test('what is no trace is not continued', () => {
  for (const trace of [undefined, '', 'x', `${caller}-2`, caller.toUpperCase(), `${caller}-1-1`]) {
    const made = createTraceContext({ ...settings, continued: { trace, baggage: 'sentry-a=b' } });
    expect(made.parentSpanId).toBeUndefined();
    expect(made.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(made.describe()).not.toHaveProperty('a');
  }
});

test('of a caller’s baggage only what is Sentry’s goes on, as it was', () => {
  const baggage = 'other=1, sentry-release=shop%401;x=y,sentry-bad=%,sentry-environment=ci';
  const made = createTraceContext({ ...settings, continued: { trace: caller, baggage } });
  expect(made.describe('abc')).toEqual({ release: 'shop@1', environment: 'ci' });
  expect(made.baggage('abc')).toBe('sentry-release=shop%401,sentry-environment=ci');
});
