import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../../core/plan/plan.ts';
import { container } from '../../../../core/run/run.ts';
import { hostProcess } from '../../../../core/run/process-fields.ts';
import type { Service } from '../../../../core/service/service.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { passVariables } from '../../../../plugins/sentry/instrument/pass-variables.ts';
import { sentryOptions } from '../../../../plugins/sentry/options.ts';
import { sinkOf } from '../../../../plugins/sentry/resolve-sinks.ts';
import type { SdkSetup } from '../../../../plugins/sentry/sdk-setup.ts';
import { createTraceContext } from '../../../../plugins/sentry/trace/trace-context.ts';

const dsn = 'http://key@127.0.0.1:8000/1';
const sink = sinkOf({ name: 'upstream', dsn });
const inside = { docker: container({ image: 'app:1' }) };
const beside = { local: hostProcess({ command: 'app' }) };
const services: Record<string, Service> = {
  web: { run: inside, instrument: true },
  api: { run: beside, instrument: {} },
  silent: { run: beside },
};

test('each service gets its own span, the commit, and the DSN that the project has', async () => {
  const setup = createSetup();
  const trace = setup.trace();
  const common = { SENTRY_BAGGAGE: trace.baggage('key'), SENTRY_RELEASE: 'c0ffee' };
  expect(await passed(services, setup)).toEqual({
    web: {
      ...common,
      SENTRY_TRACE: trace.header('web'),
      SENTRY_DSN: 'http://key@host.docker.internal:8000/1',
    },
    api: { ...common, SENTRY_TRACE: trace.header('api'), SENTRY_DSN: dsn },
  });
  expect(trace.header('web')).not.toBe(trace.header('api'));
  expect(trace.baggage('key')).toContain('sentry-public_key=key');
});

describe('no trace is passed', () => {
  test.each<[string, Partial<SdkSetup>]>([
    ['where telemetry is off', { telemetry: false, sinks: () => Promise.resolve([]) }],
    ['where nobody is told', { sinks: () => Promise.resolve([]) }],
    [
      'where no transactions are sent',
      { options: sentryOptions.parse({ dropTransactions: true }) },
    ],
    [
      'where no sink takes them',
      {
        sinks: () =>
          Promise.resolve([sinkOf({ name: 'upstream', dsn, items: { transaction: 0 } })]),
      },
    ],
    [
      'where all are sampled away',
      { sinks: () => Promise.resolve([sinkOf({ name: 'upstream', dsn, sampleRate: 0 })]) },
    ],
    [
      'where the trace is not sampled',
      { trace: () => createTraceContext({ sampleRate: 0, environment: 'test', release: 'x' }) },
    ],
  ])('%s, and the rest is', async (_, setup) => {
    expect(await passed(services, createSetup(setup))).toMatchObject({
      api: { SENTRY_DSN: dsn, SENTRY_RELEASE: 'c0ffee' },
    });
    expect(Object.keys((await passed(services, createSetup(setup)))['api'] ?? {})).toHaveLength(2);
  });
});

test('what the service says itself is not passed over it', async () => {
  const given = (more: Partial<Service>): Service => ({ run: beside, instrument: true, ...more });
  const made = await passed(
    {
      own: given({ instrument: { dsn: false, release: 'app@1' } }),
      left: given({
        run: {
          local: hostProcess({
            command: 'app',
            environment: { SENTRY_TRACE: null, SENTRY_DSN: 'x' },
          }),
        },
      }),
      listed: given({
        run: { docker: container({ image: 'app:1', environment: ['SENTRY_RELEASE'] }) },
      }),
    },
    createSetup(),
  );
  expect(
    Object.fromEntries(
      Object.entries(made).map(([name, each]) => [name, Object.keys(each).toSorted()]),
    ),
  ).toEqual({
    own: ['SENTRY_BAGGAGE', 'SENTRY_TRACE'],
    left: ['SENTRY_BAGGAGE', 'SENTRY_RELEASE'],
    listed: ['SENTRY_BAGGAGE', 'SENTRY_DSN', 'SENTRY_TRACE'],
  });
});

test('what is not known soon is waited for no longer', async () => {
  const clock = createFakeClock();
  const never = new Promise<never>(() => {});
  const setup = createSetup({ dsn: () => never, sinks: () => never });
  const done = passed(services, setup, clock);
  await clock.advance(1000);
  expect(await done).toEqual({
    web: { SENTRY_RELEASE: 'c0ffee' },
    api: { SENTRY_RELEASE: 'c0ffee' },
  });
});

test('nothing is asked where no service is instrumented', async () => {
  const refuse = () => {
    throw new Error('it was asked');
  };
  const setup = createSetup({ dsn: refuse, sinks: refuse, revision: refuse, trace: refuse });
  expect(await passed({ silent: services['silent'] as Service }, setup)).toEqual({});
});

async function passed(
  all: Record<string, Service>,
  setup: SdkSetup,
  clock = createFakeClock(),
): Promise<Record<string, Readonly<Record<string, string>>>> {
  const planned = Object.entries(all).map(([service, { run }]) => [
    service,
    { service, runKey: Object.keys(run)[0] },
  ]);
  const plan = { services: Object.fromEntries(planned) as unknown } as Plan;
  const result: Record<string, Readonly<Record<string, string>>> = {};
  const pass = (service: string, given: Readonly<Record<string, string>>) => {
    result[service] = given;
  };
  const { signal } = new AbortController();
  await passVariables({ plan, pass, signal, services: all, setup, clock });
  return result;
}

function createSetup(more: Partial<SdkSetup> = {}): SdkSetup {
  const trace = createTraceContext({
    sampleRate: 1,
    environment: 'test',
    release: 'devservices@1',
  });
  return {
    options: sentryOptions.parse({}),
    task: 'up',
    telemetry: true,
    sinks: () => Promise.resolve([sink]),
    dsn: () => Promise.resolve(dsn),
    trace: () => trace,
    revision: () => Promise.resolve('c0ffee'),
    ...more,
  };
}
