import { expect, test } from 'vitest';
import { configureSdk, type SdkQuestion } from '../../../plugins/sentry/configure-sdk.ts';
import { sentryOptions } from '../../../plugins/sentry/options.ts';

const upstream = 'https://0123abcd@sentry.example.org/7';
const relay = 'http://fedc@127.0.0.1:8000/1';
const project = 'https://abba@sentry.example.org/9';

/** The question with an answer of the project's, and what was said. */
function ask(given: unknown, more: Partial<SdkQuestion> = {}) {
  const said: string[] = [];
  let asked = 0;
  const setup = configureSdk({
    options: sentryOptions.parse(given),
    task: 'up',
    telemetry: true,
    release: 'devservices@1.2.3',
    log: {
      debug: (text) => said.push(`debug ${text}`),
      info: () => said.push('info'),
      warn: () => said.push('warn'),
      error: () => said.push('error'),
    },
    env: {},
    readRevision: () => Promise.resolve(undefined),
    ...more,
    askProjectDsn: async () => {
      asked += 1;
      return more.askProjectDsn?.();
    },
  });
  return { setup, said, asked: () => asked };
}

const namesOf = async ({ setup }: ReturnType<typeof ask>) =>
  (await setup.sinks()).map(({ name, dsn }) => [name, dsn]);

const ofProject = { askProjectDsn: () => Promise.resolve(project) };

test('sinks of the options win, upstream first, and the project is not asked', async () => {
  const asked = ask({ sinks: { relay }, dsn: upstream }, ofProject);
  expect(await namesOf(asked)).toEqual([
    ['upstream', upstream],
    ['relay', relay],
  ]);
  expect(asked.asked()).toBe(0);
});

test('a sink alone is enough, and may be the one called upstream', async () => {
  expect(await namesOf(ask({ sinks: { relay } }, ofProject))).toEqual([['relay', relay]]);
  const both = ask({ sinks: { relay, upstream } }, ofProject);
  expect(await namesOf(both)).toEqual([
    ['upstream', upstream],
    ['relay', relay],
  ]);
});

test('without any the project’s option is upstream', async () => {
  const asked = ask({}, ofProject);
  expect(await namesOf(asked)).toEqual([['upstream', project]]);
  expect(asked.asked()).toBe(1);
  expect(await namesOf(ask({ dsn: '' }, ofProject))).toEqual([['upstream', project]]);
});

test('without that one nobody is told', async () => {
  for (const answer of [undefined, '']) {
    const asked = ask({}, { askProjectDsn: () => Promise.resolve(answer) });
    expect(await namesOf(asked)).toEqual([]);
    expect(asked.said).toEqual([]);
  }
});

test('a project’s option that cannot be read, or is no DSN, is nobody, and is said to who looks', async () => {
  const failing = ask({}, { askProjectDsn: () => Promise.reject(new Error('no database')) });
  expect(await namesOf(failing)).toEqual([]);
  expect(failing.said).toEqual([expect.stringMatching(/^debug .*no database/)]);
  const wrong = ask({}, { askProjectDsn: () => Promise.resolve('https://verysecret@host/') });
  expect(await namesOf(wrong)).toEqual([]);
  expect(wrong.said).toEqual([expect.stringMatching(/^debug .*no number of a project/)]);
  expect(wrong.said.join()).not.toContain('verysecret');
});

test('where telemetry is off nobody is told, and services may know the DSN all the same', async () => {
  const own = ask({ dsn: upstream }, { telemetry: false });
  expect(await namesOf(own)).toEqual([]);
  expect(await own.setup.dsn()).toBe(upstream);
  expect(await ask({}, { ...ofProject, telemetry: false }).setup.dsn()).toBe(project);
});

test('what a sink gets: all but measurements, unless its options say otherwise', async () => {
  const items = { statsd: 0.25, log: 0 };
  const sinks = await ask({
    dsn: upstream,
    sinks: { relay: { dsn: relay, sampleRate: 0.5, items } },
  }).setup.sinks();
  expect(sinks.map(({ sampleRate, itemRates }) => ({ sampleRate, itemRates }))).toEqual([
    { sampleRate: 1, itemRates: { statsd: 0, metric_buckets: 0, trace_metric: 0 } },
    { sampleRate: 0.5, itemRates: { statsd: 0.25, metric_buckets: 0, trace_metric: 0, log: 0 } },
  ]);
});

test('the trace of a caller is continued only where the options say so', () => {
  const header = `${'ab'.repeat(16)}-${'cd'.repeat(8)}-1`;
  const env = { SENTRY_TRACE: header, SENTRY_BAGGAGE: 'sentry-release=shop%401' };
  expect(ask({ dsn: upstream }, { env }).setup.trace().parentSpanId).toBeUndefined();
  const trace = ask({ dsn: upstream, continueTrace: true }, { env }).setup.trace();
  expect(trace.traceId).toBe('ab'.repeat(16));
  expect(trace.parentSpanId).toBe('cd'.repeat(8));
  expect(trace.describe()).toEqual({ release: 'shop@1' });
});

test('the commit is read once, and a failure to read it is none', async () => {
  let read = 0;
  const readRevision = () => Promise.resolve(`${(read += 1)}`);
  const { setup } = ask({}, { readRevision });
  expect([await setup.revision(), await setup.revision()]).toEqual(['1', '1']);
  const failing = ask({}, { readRevision: () => Promise.reject(new Error('disk')) });
  expect(await failing.setup.revision()).toBeUndefined();
});
