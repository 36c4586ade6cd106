import { expect, test } from 'vitest';
import type { Config } from '../../../../core/config/config.ts';
import { container } from '../../../../core/run/run.ts';
import { createTestHost, type TestHost } from '../../../../core/testing/test-host.ts';
import { sentry } from '../../../../plugins/sentry/index.ts';
import { openTwoKinds, program } from '../../../rig/two-kinds.ts';

const dsn = 'http://key@127.0.0.1:8000/1';
const app = { run: container({ image: 'app:1' }), instrument: true };

test('a configuration without telemetry has the same variables', async () => {
  for (const telemetry of [true, false]) {
    const config: Config = { telemetry, plugins: [sentry({ dsn })], services: { app } };
    await using opened = createTestHost({ config });
    expect(await environmentOf(opened, 'app')).toEqual({
      SENTRY_DSN: 'http://key@host.docker.internal:8000/1',
      SENTRY_ENVIRONMENT: 'development',
    });
  }
});

test('Spotlight is a service of its own, and a repo changes what it likes of it', async () => {
  const config: Config = {
    plugins: [sentry({ spotlight: true })],
    services: {
      app: { run: program(), instrument: { environment: false } },
      spotlight: { ports: { http: 9100 } },
    },
  };
  await using opened = openTwoKinds(config);
  const { services } = await opened.host.host.configure();
  expect(services['spotlight']?.ports).toEqual({ http: 9100 });
  expect(services['app']?.dependsOn).toEqual({
    spotlight: { condition: 'started', required: false },
  });
  expect(await environmentOf(opened.host, 'app')).toEqual({
    SENTRY_SPOTLIGHT: 'http://{address.spotlight.http}/stream',
  });
});

test('what can not be used is the user’s to correct', async () => {
  const config: Config = {
    plugins: [sentry],
    services: { app: { ...app, instrument: { dsn: 'http://key@{address.relay.http}/1' } } },
  };
  await using opened = createTestHost({ config });
  await expect(opened.host.configure()).rejects.toMatchObject({
    code: 'DS_SENTRY_INSTRUMENT_INVALID',
    blame: 'user',
    message: 'services.app.instrument.dsn: there is no service "relay".',
  });
});

async function environmentOf({ host }: TestHost, name: string): Promise<unknown> {
  const { services } = await host.configure();
  const [run] = Object.values(services[name]?.run ?? {}) as { environment?: unknown }[];
  return run?.environment;
}
