import { definePlugin, type ResolvedConfig } from 'devservices';
import type { RunnerContext } from 'devservices/runner';
import type { Telling } from './begin-telling.ts';
import { createCaptures } from './captures.ts';
import { spotlightService } from './instrument/spotlight.ts';
import { dsn, instrumentField, sentryOptions } from './options.ts';
import { resolveSinks } from './resolve-sinks.ts';
import { startedTask } from './started-task.ts';

export type * from './contract.ts';

/**
 * Tells Sentry, or whoever takes its envelopes, how tasks went and what failed in plugins and in this
 * tool; and lets services know where to send theirs. Sends nothing unless a DSN is configured.
 *
 * @example
 * plugins: [sentry({ dsn: 'https://KEY@sentry.example.org/7' })]
 */
export const sentry = definePlugin({
  name: 'sentry',
  options: sentryOptions,
  permissions: { net: ['*'], env: ['CI', 'SENTRY_TRACE', 'SENTRY_BAGGAGE'] },
  serviceFields: { instrument: instrumentField },
  setup(ctx) {
    const { options, hooks, use } = ctx;
    const captures = createCaptures();
    const hasSinks = resolveSinks(options).length > 0;
    let place: RunnerContext | undefined;
    let telling: Telling | undefined;
    let services: ResolvedConfig['services'] = {};

    ctx.extend('projectOptions', (projectOptions) =>
      projectOptions.declare({
        key: 'sentry.dsn',
        description: 'Where errors and traces are sent, where the configuration names nobody',
        schema: dsn,
      }),
    );
    ctx.expose('sentry', async (context) => {
      place = context;
      const { createContract } = await import('./create-contract.ts');
      return createContract({ captures, telling: () => telling, log: ctx.log });
    });

    const begin = async (
      config: Pick<ResolvedConfig, 'telemetry' | 'services'>,
      task: string,
    ): Promise<void> => {
      const hasOptions = async () => use('projectOptions').then(...isThere);
      const isTold = config.telemetry && (hasSinks || (await hasOptions()));
      // What nobody is told of is not kept, and nothing of the rest is loaded.
      if (!isTold) captures.close();
      if (!isTold && !isInstrumented(config)) return;
      await use('sentry');
      const { beginTelling } = await import('./begin-telling.ts');
      const name = startedTask(ctx.events) ?? task;
      if (place) telling = beginTelling({ ...ctx, captures, place, config, task: name });
    };

    if (options.spotlight === true) ctx.services.add(...spotlightService());
    hooks.configure.tap({ name: 'sentry', stage: 'late' }, async ({ config }) => {
      if (!isInstrumented(config)) return;
      const { instrumentServices } = await import('./instrument/instrument-services.ts');
      instrumentServices(config, options);
    });
    hooks.initialize.tap({ name: 'sentry', stage: 'early' }, async ({ config, task }) => {
      services = config.services;
      await begin(config, task);
    });
    // What takes down is not initialised: it works with a broken configuration, and then nobody is told.
    hooks.beforeDown.tap('sentry', async ({ config }) => {
      if (!telling && config) await begin(config, 'down');
    });
    hooks.beforeUp.tap({ name: 'sentry', stage: 'late' }, async ({ plan, pass, signal }) => {
      if (!telling || !isInstrumented({ services })) return;
      const { passVariables } = await import('./instrument/pass-variables.ts');
      await passVariables({ plan, pass, signal, services, setup: telling.setup });
    });
    ctx.defer(async () => {
      await telling?.close();
    });
  },
});

const isThere = [() => true, () => false] as const;

const isInstrumented = ({ services }: Pick<ResolvedConfig, 'services'>): boolean =>
  Object.values(services).some(({ instrument = false }) => instrument !== false);
