import { describe, expect, test } from 'vitest';
import type { ResolvedConfig } from '../../../../core/config/config.ts';
import { type DevServicesError, isDevServicesError } from '../../../../core/errors/error.ts';
import { container, type ContainerRun } from '../../../../core/run/run.ts';
import { hostProcess } from '../../../../core/run/process-fields.ts';
import type { Service } from '../../../../core/service/service.ts';
import type { Instrument } from '../../../../plugins/sentry/contract.ts';
import { instrumentServices } from '../../../../plugins/sentry/instrument/instrument-services.ts';
import { spotlightService } from '../../../../plugins/sentry/instrument/spotlight.ts';
import { sentryOptions } from '../../../../plugins/sentry/options.ts';

const dsn = 'http://key@127.0.0.1:8000/1';
const image = { image: 'app:1' };

test('a service that does not say so is left as it is', () => {
  const services = {
    silent: { run: { docker: container(image) } },
    refusing: { run: { docker: container(image) }, instrument: false },
  };
  expect(instrument(services, { dsn })).toEqual(services);
});

test('each of its runs learns all that is configured, as it is seen from there', () => {
  const { app } = instrument(
    {
      app: {
        run: { docker: container(image), local: hostProcess({ command: 'app' }) },
        instrument: true,
      },
    },
    { dsn, environment: 'staging', spotlight: 'http://localhost:8969' },
  );
  expect(environments(app)).toEqual({
    docker: {
      SENTRY_DSN: 'http://key@host.docker.internal:8000/1',
      SENTRY_ENVIRONMENT: 'staging',
      SENTRY_SPOTLIGHT: 'http://host.docker.internal:8969/stream',
    },
    local: {
      SENTRY_DSN: dsn,
      SENTRY_ENVIRONMENT: 'staging',
      SENTRY_SPOTLIGHT: 'http://localhost:8969/stream',
    },
  });
  expect(app?.dependsOn).toBeUndefined();
  expect(app?.run).toMatchObject({ docker: image, local: { command: 'app' } });
});

test.each<[string, boolean | Instrument, Record<string, string>]>([
  ['true', true, { SENTRY_DSN: dsn, SENTRY_ENVIRONMENT: 'development' }],
  ['nothing in it', {}, { SENTRY_DSN: dsn, SENTRY_ENVIRONMENT: 'development' }],
  ['no DSN', { dsn: false }, { SENTRY_ENVIRONMENT: 'development' }],
  ['no environment', { environment: false }, { SENTRY_DSN: dsn }],
  ['no release', { release: false, environment: null, otlp: false }, { SENTRY_DSN: dsn }],
  [
    'all its own',
    {
      dsn: 'https://own@sentry.example.org/2',
      release: 'app@1',
      environment: 'test',
      otlp: 'http://127.0.0.1:4318',
    },
    {
      SENTRY_DSN: 'https://own@sentry.example.org/2',
      SENTRY_RELEASE: 'app@1',
      SENTRY_ENVIRONMENT: 'test',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    },
  ],
])('what it says goes before what the plugin says: %s', (_, given, expected) => {
  const { app } = instrument(
    { app: { run: { local: hostProcess({ command: 'app' }) }, instrument: given } },
    { dsn },
  );
  expect(environments(app)).toEqual({ local: expected });
});

test('the sink upstream is the DSN of services, wherever the options name it', () => {
  const services = { app: { run: { local: hostProcess({ command: 'app' }) }, instrument: true } };
  const given = { sinks: { relay: 'http://relay@127.0.0.1:9000/2', upstream: { dsn } } };
  expect(environments(instrument(services, given)['app'])).toMatchObject({
    local: { SENTRY_DSN: dsn },
  });
  expect(environments(instrument(services, {})['app'])).toEqual({
    local: { SENTRY_ENVIRONMENT: 'development' },
  });
});

describe('addresses of other services', () => {
  const relay = { run: { local: hostProcess({ command: 'relay' }) }, ports: { http: 4000 } };
  const own = (dsnOf: string, more: Partial<Service> = {}): Service => ({
    run: { docker: container(image) },
    instrument: { dsn: dsnOf, environment: null },
    ...more,
  });
  const named = 'http://key@{address.relay.http}/1';
  const started = { condition: 'started', required: false };

  test.each<[string, Service['dependsOn'], unknown]>([
    ['none yet', undefined, { relay: started }],
    ['a list', ['db'], { db: 'ready', relay: started }],
    ['a list that has it', ['relay'], ['relay']],
    ['a record', { db: 'started' }, { db: 'started', relay: started }],
    ['a record that has it', { relay: 'ready' }, { relay: 'ready' }],
  ])('make a dependency where there is none: %s', (_, dependsOn, expected) => {
    const given = own(named, dependsOn && { dependsOn });
    const { app } = instrument({ app: given, relay, db: relay });
    expect(app?.dependsOn).toEqual(expected);
    expect(environments(app)).toEqual({ docker: { SENTRY_DSN: named } });
  });

  test('its own is no other', () => {
    const { relay: itself } = instrument({
      relay: { ...relay, instrument: { dsn: named, environment: null } },
    });
    expect(environments(itself)).toEqual({ local: { SENTRY_DSN: 'http://key@{address.http}/1' } });
    expect(itself?.dependsOn).toBeUndefined();
  });

  test.each([
    ['the port otlp', { http: 80, otlp: 4318 }, 'http://{address.collector.otlp}'],
    ['its one port', { grpc: 4317 }, 'http://{address.collector.grpc}'],
  ])('OpenTelemetry goes to a service by its name: %s', (_, ports, expected) => {
    const collector = { run: { docker: container(image) }, ports };
    const app = {
      run: { docker: container(image) },
      instrument: { otlp: 'collector', environment: null },
    };
    const made = instrument({ app, collector });
    expect(environments(made['app'])).toEqual({
      docker: { OTEL_EXPORTER_OTLP_ENDPOINT: expected },
    });
    expect(made['app']?.dependsOn).toEqual({ collector: started });
  });

  test('Spotlight is one of them, and is not shown to itself nor to what it waits for', () => {
    const [name, spotlight] = spotlightService();
    const [first, app] = [{ ...relay, instrument: true }, own('http://key@127.0.0.1:8000/1')];
    const waiting = { ...spotlight, instrument: true, dependsOn: ['first'] };
    const made = instrument({ [name]: waiting, first, app }, { spotlight: true });
    expect(environments(made['app'])).toMatchObject({
      docker: { SENTRY_SPOTLIGHT: 'http://{address.spotlight.http}/stream' },
    });
    expect(made['app']?.dependsOn).toEqual({ spotlight: started });
    for (const other of ['spotlight', 'first']) {
      expect(JSON.stringify(made[other])).not.toContain('SENTRY_SPOTLIGHT');
    }
    expect(environments(instrument({ app }, { spotlight: true })['app'])).toMatchObject({
      docker: { SENTRY_DSN: expect.anything() as string },
    });
  });
});

test('all that is wrong is told at once, by field', () => {
  const port = { run: { docker: container(image) }, ports: { http: 80 } };
  const wrong = (given: Instrument): Service => ({ ...port, instrument: given });
  const thrown = caught({
    relay: { ...port, dependsOn: ['ring'] },
    many: { run: port.run, ports: { a: 1, b: 2 } },
    none: { run: port.run },
    ring: wrong({ dsn: 'http://key@{address.relay.http}/1' }),
    one: wrong({ dsn: 'https://secret@sentry.example.org' }),
    two: wrong({ dsn: 'http://key@{address.rellay.http}/1', release: 'a/b', environment: 'a b' }),
    three: wrong({ dsn: 'http://key@{host.relay.htp}:80/1', otlp: 'ftp://collector' }),
    four: wrong({ otlp: 'colector' }),
    five: wrong({ otlp: 'many' }),
    six: wrong({ otlp: 'none' }),
  });
  expect(thrown).toMatchObject({ code: 'DS_SENTRY_INSTRUMENT_INVALID', blame: 'user' });
  const { problems } = thrown.facts as { problems: readonly string[] };
  expect(problems).toEqual([
    'services.ring.instrument.dsn: relay needs ring itself, and so is not there before it.',
    expect.stringMatching(/^services\.one\.instrument\.dsn: .*number of a project\.$/),
    'services.two.instrument.environment: an environment is at most 64 characters with no space and no /.',
    'services.two.instrument.release: a release is at most 200 characters with no line break, tab, / and \\.',
    'services.two.instrument.dsn: there is no service "rellay". Did you mean "relay"?',
    'services.three.instrument.otlp: it is a URL that begins with http:// or https://.',
    'services.three.instrument.dsn: relay has no port "htp". Did you mean "http"?',
    'services.four.instrument.otlp: it is a URL or a service, and there is no service "colector".',
    'services.five.instrument.otlp: many has the ports a, b, and none of the name otlp.',
    'services.six.instrument.otlp: none has no port, and none of the name otlp.',
  ]);
  expect(problems.join('\n')).not.toContain('secret');
});

function instrument(
  services: Record<string, Service>,
  options: Parameters<typeof sentryOptions.parse>[0] = {},
): Record<string, Service> {
  const config = { services: { ...services } } as unknown as ResolvedConfig;
  instrumentServices(config, sentryOptions.parse(options));
  return config.services;
}

function caught(services: Record<string, Service>): DevServicesError {
  try {
    instrument(services);
  } catch (thrown) {
    if (isDevServicesError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

function environments(service: Service | undefined): Record<string, unknown> {
  const runs = Object.entries((service?.run ?? {}) as Record<string, ContainerRun>);
  return Object.fromEntries(runs.map(([key, { environment }]) => [key, environment]));
}
