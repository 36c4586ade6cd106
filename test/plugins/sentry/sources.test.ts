import { container, definePlugin } from 'devservices';
import { sentry } from 'devservices/plugins/sentry';
import { expect, onTestFinished, test } from 'vitest';
import { createTestHost } from '../../../core/testing.ts';
import { createIngest } from '../../rig/ingest-server.ts';
import type { OptionValue, ProjectOptions } from '../../../plugins/project-options/contract.ts';

const services = { redis: { run: container({ image: 'redis:7' }) } };

/** A plugin that keeps one option of every project. */
const optionsWith = (dsn: string, declared: string[]) =>
  definePlugin({
    name: 'kept-options',
    setup({ expose }) {
      expose(
        'projectOptions',
        () =>
          ({
            declare: ({ key }) => void declared.push(key),
            async get({ projects, keys = [] }) {
              const value: OptionValue = {
                isStored: true,
                effective: dsn,
                isRedacted: false,
                sensitivity: 'internal',
              };
              const row = Object.fromEntries(keys.map((key) => [key, value]));
              return {
                projects: Object.fromEntries(projects.map((one) => [one, row])),
                unknown: [],
              };
            },
          }) as Partial<ProjectOptions> as ProjectOptions,
      );
    },
  });

test('the project’s option is declared, and is the sink where the configuration names none', async () => {
  const ingest = await createIngest();
  onTestFinished(() => ingest.close());
  const declared: string[] = [];
  const plugins = [sentry({ flushTimeout: '10s' }), optionsWith(ingest.dsn, declared)];
  const host = createTestHost({ config: { plugins, services } });
  onTestFinished(() => host.close());
  await host.up();
  await host.close();
  await ingest.waitFor((all) => all.length === 1);
  expect(declared).toEqual(['sentry.dsn']);
  expect(ingest.items('transaction')).toMatchObject([{ transaction: 'devservices up' }]);
});

test('taking down is told as well', async () => {
  const ingest = await createIngest();
  onTestFinished(() => ingest.close());
  const plugins = [sentry({ dsn: ingest.dsn, flushTimeout: '10s' })];
  const host = createTestHost({ config: { plugins, services } });
  onTestFinished(() => host.close());
  await host.host.down({});
  await host.host.close();
  // A process of its own loads the SDK for it.
  await ingest.waitFor((all) => all.length === 1);
  expect(ingest.items('transaction')).toMatchObject([{ transaction: 'devservices down' }]);
});
