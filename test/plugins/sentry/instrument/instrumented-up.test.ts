import { expect, test } from 'vitest';
import type { Config } from '../../../../core/config/config.ts';
import { definePlugin } from '../../../../core/plugin/define-plugin.ts';
import { container } from '../../../../core/run/run.ts';
import { createTestHost, type TestHost } from '../../../../core/testing/test-host.ts';
import type {
  OptionsReport,
  ProjectOptions,
} from '../../../../plugins/project-options/contract.ts';
import { sentry } from '../../../../plugins/sentry/index.ts';
import { createIngest } from '../../../rig/ingest-server.ts';
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

test('a DSN that the project has as its option reaches what is started, and is no change', async () => {
  await using ingest = await createIngest();
  const kept = definePlugin({
    name: 'kept',
    setup(ctx) {
      const get: ProjectOptions['get'] = async ({ projects, keys = [] }) => {
        const values = Object.fromEntries(keys.map((key) => [key, { effective: ingest.dsn }]));
        return { projects: { [projects?.[0] ?? '']: values } } as unknown as OptionsReport;
      };
      ctx.expose('projectOptions', () => ({ declare() {}, get }) as unknown as ProjectOptions);
    },
  });
  const seen: unknown[] = [];
  const looker = definePlugin({
    name: 'looker',
    after: ['sentry'],
    setup({ hooks }) {
      hooks.beforeUp.tap({ name: 'looker', stage: 'late' }, ({ plan }) => {
        seen.push(plan.services['app']?.run['environment']);
      });
    },
  });
  const config: Config = {
    plugins: [kept, sentry({ flushTimeout: '10s' }), looker],
    services: { app },
  };
  await using first = createTestHost({ config });
  await first.up();
  const dsnInside = ingest.dsn.replace('127.0.0.1', 'host.docker.internal');
  const trace = { SENTRY_TRACE: expect.stringMatching(/-1$/) as string };
  expect(seen).toEqual([
    expect.objectContaining({ SENTRY_DSN: dsnInside, SENTRY_ENVIRONMENT: 'development', ...trace }),
  ]);
  await using second = first.again({ ...config, plugins: [looker, sentry] });
  const { services } = await second.up();
  expect(services['app']).toMatchObject({ action: 'unchanged' });
  expect(seen[1]).toEqual({ SENTRY_ENVIRONMENT: 'development' });
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
