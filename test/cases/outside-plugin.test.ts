import { afterAll, describe, expect, test } from 'vitest';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

const plugin = (image: string, port: number) => `
import { appendFileSync } from 'node:fs';
import { container, definePlugin, ready, z } from 'devservices';

declare module 'devservices' {
  interface ServiceFields {
    warm?: { keys: number };
  }
}

export const cache = definePlugin({
  name: 'cache',
  serviceFields: { warm: z.strictObject({ keys: z.number().default(10) }) },
  options: z.object({ mode: z.enum(['look', 'recreate', 'veto']).default('look'), notes: z.string() }),
  setup({ options, services, hooks }) {
    const note = (text: string) => appendFileSync(options.notes, text + '\\n');
    services.add('cache', {
      run: container({ image: '${image}' }),
      ports: { redis: { container: 6379, host: ${port} } },
      ready: ready.command(['redis-cli', 'ping']),
    });
    hooks.initialize.tap('cache', ({ config }) => {
      const { warm } = config.services['cache'] ?? {};
      if (warm) note('warm ' + warm.keys);
    });
    hooks.beforeUp.tap('cache', async ({ plan, recreate, fail }) => {
      await Promise.resolve();
      note('beforeUp ' + plan.services['cache']?.action);
      if (options.mode === 'recreate') recreate('cache', 'its seed is old');
      if (options.mode === 'veto') fail('the moon is full');
    });
    hooks.serviceReady.for('cache').tap('cache', async ({ service, endpoints }) => {
      await Promise.resolve();
      note('serviceReady ' + service + ' ' + endpoints['redis']?.port);
    });
    hooks.afterHealth.tap('cache', ({ services }) => note('afterHealth ' + services['cache']?.state));
  },
});
`;

describe.skipIf(engine === null)(
  'a plugin outside of the repo that imports only devservices',
  () => {
    if (!engine) return;
    const checkout = createCheckout(engine);
    const notes = join(checkout.outside, 'notes');
    const said = () => {
      const text = readFileSync(notes, 'utf8');
      writeFileSync(notes, '');
      return text.trim().split('\n');
    };
    const configure = (mode: string) =>
      checkout.write({
        'devservices.config.ts': `
        import { defineConfig } from 'devservices';
        import { cache } from '../plugin/cache.ts';
        export default defineConfig({ plugins: [cache({ mode: '${mode}', notes: ${JSON.stringify(notes)} })] });
      `,
      });

    afterAll(() => checkout[Symbol.asyncDispose]());

    test('adds a service and acts on it when it is ready and when all are', async () => {
      const [port] = await freePorts(1);
      mkdirSync(join(checkout.outside, 'plugin'));
      writeFileSync(join(checkout.outside, 'plugin/cache.ts'), plugin(engine.images.redis, port));
      configure('look');
      const { exitCode, finished } = await checkout.task('up', ['--json']);
      expect(exitCode).toBe(0);
      expect(finished.services['cache']).toMatchObject({
        state: 'ready',
        action: 'created',
        endpoints: { redis: { host: '127.0.0.1', port } },
      });
      expect(said()).toEqual([
        'beforeUp create',
        `serviceReady cache ${port}`,
        'afterHealth ready',
      ]);
    });

    test('on a no-op looks again, and hears of no readiness that is not new', async () => {
      const before = await checkout.containers();
      const { finished } = await checkout.task('up', ['--json']);
      expect(finished.services['cache']).toMatchObject({ action: 'unchanged' });
      expect(said()).toEqual(['beforeUp unchanged', 'afterHealth ready']);
      expect(await checkout.containers()).toEqual(before);
    });

    test('recreates in beforeUp, and says why', async () => {
      const before = await checkout.containers();
      configure('recreate');
      const { exitCode, finished } = await checkout.task('up', ['--json']);
      expect(exitCode).toBe(0);
      expect(finished.services['cache']).toMatchObject({
        action: 'recreated',
        reason: { text: 'its seed is old' },
      });
      expect(said()[1]).toMatch(/^serviceReady cache/);
      expect(await checkout.containers()).not.toEqual(before);
    });

    test('brings a field of services, which any layer may set and is checked as all others', async () => {
      configure('look');
      said();
      const set = (warm: string) =>
        checkout.write({
          'devservices.local.json': `{ "services": { "cache": { "warm": ${warm} } } }`,
        });
      set('{}');
      expect((await checkout.task('up', ['--json'])).exitCode).toBe(0);
      // What nobody's process is made from is no change of it.
      expect(said()).toEqual(['warm 10', 'beforeUp unchanged', 'afterHealth ready']);
      set('{ "kees": 5 }');
      const refused = await checkout.task('up', ['--json']);
      expect(refused).toMatchObject({ exitCode: 2 });
      expect(refused.finished.errors[0]).toMatchObject({
        code: 'DS_CONFIG_INVALID',
        message: expect.stringMatching(
          /services\.cache\.warm\.kees \(devservices\.local\.json:1\): .*Did you mean "keys"\?/,
        ) as string,
      });
      checkout.write({ 'devservices.local.json': '{}' });
    });

    test('vetoes: nothing is started, exit 4', async () => {
      await checkout.task('down');
      said();
      configure('veto');
      const { exitCode, finished } = await checkout.task('up', ['--json']);
      expect(exitCode).toBe(4);
      expect(finished).toMatchObject({
        ok: false,
        exitCode: 4,
        errors: [
          {
            code: 'DS_PLUGIN_VETO',
            blame: 'plugin',
            message: expect.stringMatching(/cache.*the moon is full/),
          },
        ],
      });
      expect(said()).toEqual(['beforeUp create']);
      expect(await checkout.containers()).toEqual({});
    });
  },
);
