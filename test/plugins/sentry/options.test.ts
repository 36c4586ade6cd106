import { expect, test } from 'vitest';
import { readDsn } from '../../../plugins/sentry/dsn.ts';
import { instrumentField, sentryOptions } from '../../../plugins/sentry/options.ts';

const key = 'deadbeef00c0ffee';

test('without options nobody is told, and everything has a default', () => {
  expect(sentryOptions.parse(undefined)).toEqual({
    sinks: {},
    environment: 'development',
    tracesSampleRate: 1,
    dropTransactions: false,
    flushTimeout: 300,
    continueTrace: false,
    spotlight: false,
  });
});

test('a duration is milliseconds', () => {
  expect(sentryOptions.parse({ flushTimeout: '2s' }).flushTimeout).toBe(2000);
  expect(sentryOptions.parse({ flushTimeout: 50 }).flushTimeout).toBe(50);
});

const wrong: readonly (readonly [dsn: string, problem: RegExp])[] = [
  ['sentry.example.org/7', /is no URL/],
  [`ftp://${key}@host/7`, /begins with ftp:/],
  ['https://host/7', /no key/],
  [`https://${key}-x@host/7`, /no key/],
  [`https://${key}@host/`, /no number of a project/],
  [`https://${key}@host/shop`, /no number of a project/],
  [`https://${key}@host/7?x=1`, /nothing behind the project/],
];
for (const [dsn, problem] of wrong) {
  test(`is no DSN: ${dsn}`, () => {
    expect(readDsn(dsn)).toMatch(problem);
    for (const options of [{ dsn }, { sinks: { relay: dsn } }, { sinks: { relay: { dsn } } }]) {
      const { error } = sentryOptions.safeParse(options);
      expect(error).toBeDefined();
      expect(JSON.stringify(error?.issues)).not.toContain(key);
    }
  });
}

test('a DSN is read', () => {
  expect(readDsn('http://abc@[::1]:8000/base/42')).toEqual({
    publicKey: 'abc',
    origin: 'http://[::1]:8000',
    projectId: '42',
  });
});

const dsn = `https://${key}@host/7`;
const refused: readonly unknown[] = [
  { dsn, sinks: { upstream: dsn } },
  { sinks: { Relay: dsn } },
  { sinks: { 'a b': dsn } },
  { sinks: { relay: { dsn, sampleRate: 1.1 } } },
  { sinks: { relay: { dsn, items: { statsd: -1 } } } },
  { tracesSampleRate: 2 },
  { flushTimeout: 'soon' },
  { machine: 'a\nb' },
  { environment: '' },
  { unknown: true },
];
for (const options of refused) {
  test(`options that are refused: ${JSON.stringify(options)}`, () => {
    expect(sentryOptions.safeParse(options).success).toBe(false);
  });
}

test('what stands at `instrument` of a service', () => {
  for (const given of [true, false, {}, { dsn: null, release: '1', otlp: 'collector' }]) {
    expect(instrumentField.safeParse(given).success).toBe(true);
  }
  for (const given of ['yes', 1, { dns: 'x' }, { dsn: '' }]) {
    expect(instrumentField.safeParse(given).success).toBe(false);
  }
});
