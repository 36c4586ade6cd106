import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Config } from '../../../core/config/config.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Plugin } from '../../../core/plugin/plugin.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, thrownBy } from '../../rig/kernel.ts';

declare module 'devservices' {
  interface ServiceFields {
    'test-backup'?: { every: string; keep?: number };
  }
}

const backup = z.strictObject({ every: z.string(), keep: z.number().default(3) });
const backups = (name: string, fields: Record<string, z.ZodType> = { 'test-backup': backup }) =>
  definePlugin({ name, serviceFields: fields, setup() {} });
const open = (plugins: Plugin[], fields: object = {}, more: Config = {}) =>
  createTestHost({ config: { services: { db: { run: image(), ...fields } }, plugins, ...more } });
const field = (value: unknown) => ({ 'test-backup': value });

test('the plugin reads its field in every hook, defaults filled', async () => {
  const seen: unknown[] = [];
  const reader = definePlugin({
    name: 'backups',
    serviceFields: { 'test-backup': backup },
    setup({ hooks }) {
      hooks.configure.tap('backups', ({ config }) => {
        seen.push(config.services['db']?.['test-backup']);
        config.services['late'] = { run: image(), 'test-backup': { every: '2h' } };
      });
      hooks.initialize.tap('backups', ({ config }) => {
        seen.push(config.services['db']?.['test-backup'], config.services['late']);
      });
    },
  });
  await using host = open([reader], field({ every: '1h' }));
  await host.up();
  expect(seen).toEqual([
    { every: '1h', keep: 3 },
    { every: '1h', keep: 3 },
    expect.objectContaining({ 'test-backup': { every: '2h', keep: 3 } }),
  ]);
});

test('another plugin’s `configure` may set it, and is blamed for what it sets wrong', async () => {
  const setter = (value: unknown) =>
    definePlugin({
      name: 'setter',
      setup: ({ hooks }) =>
        hooks.configure.tap('setter', ({ config }) => {
          Object.assign(config.services['db'] ?? {}, field(value));
        }),
    });
  await using good = open([backups('backups'), setter({ every: '1h' })]);
  expect((await good.host.configure()).services['db']).toMatchObject(
    field({ every: '1h', keep: 3 }),
  );
  await using bad = open([backups('backups'), setter({ every: 1 })]);
  const error = await thrownBy(bad.host.configure());
  expect(error['code']).toBe('DS_PLUGIN_CONFIG_INVALID');
  expect(error.message).toContain('services.db.test-backup.every: Expected a text, found 1.');
  expect(error.message).toContain('setter');
});

test('a service that a plugin adds may have the field of another plugin', async () => {
  const adds = definePlugin({
    name: 'adds',
    setup: ({ services }) => services.add('mail', { run: image(), 'test-backup': { every: '1d' } }),
  });
  await using host = open([adds, backups('backups')]);
  expect((await host.host.configure()).services['mail']).toMatchObject(field({ every: '1d' }));
});

test('two plugins with one field: the second is refused and both are named', async () => {
  await using host = open([backups('one'), backups('two')], field({ every: '1h' }));
  const error = await thrownBy(host.host.configure());
  expect(error['code']).toBe('DS_PLUGIN_CLASH');
  expect(error.message).toContain('"test-backup" is brought by the plugins one and two');
  expect(resolveExitCode(asErrors(error))).toBe(4);
});

test.each(['run', 'ports', 'ready', 'exports', 'dependsOn', 'onlyIf', 'profiles', 'autoStart'])(
  'a plugin can not bring %s, which services have already',
  async (name) => {
    await using host = open([backups('bad', { [name]: z.string() })]);
    const error = await thrownBy(host.host.configure());
    expect(error['code']).toBe('DS_PLUGIN_FIELD_TAKEN');
    expect(error.message).toContain(`bad brings the field "${name}"`);
    expect(resolveExitCode(asErrors(error))).toBe(4);
  },
);

test('what is no schema of this zod is the plugin’s fault', async () => {
  const other = { safeParse: () => ({ success: true }) } as unknown as z.ZodType;
  await using host = open([backups('old', { 'test-backup': other })]);
  const error = await thrownBy(host.host.configure());
  expect(error['code']).toBe('DS_PLUGIN_THREW');
  expect(error.message).toContain('old failed in setup: serviceFields.test-backup');
});

test.each([
  [
    'throws',
    z.unknown().transform(() => {
      throw new Error('kaput');
    }),
    'kaput',
  ],
  ['is asynchronous', z.unknown().refine(async () => true), 'romise'],
])('a schema that %s is its plugin’s fault', async (_what, schema, text) => {
  await using host = open([backups('bad', { 'test-backup': schema })], field({ every: '1h' }));
  const error = await thrownBy(host.host.configure());
  expect(error['code']).toBe('DS_PLUGIN_THREW');
  expect(error.message).toContain('bad failed in its field "test-backup" of the service db');
  expect(error.message).toContain(text);
});

test('where options of the plugin are wrong, what a file says for it is not told as wrong', async () => {
  const strict = definePlugin({
    name: 'strict',
    options: z.object({ level: z.number() }),
    serviceFields: { 'test-backup': backup },
    setup() {},
  });
  await using host = open([strict({ level: 'x' as never })], field({ every: '1h' }));
  expect(await codesOf(host.host.configure())).toEqual(['DS_PLUGIN_OPTIONS_INVALID']);
});

test('where the plugin fails, what a file says for it is not told as wrong', async () => {
  const kaput = definePlugin({
    name: 'kaput',
    serviceFields: { 'test-backup': backup },
    setup() {
      throw new Error('kaput');
    },
  });
  await using host = open([kaput], field({ every: '1h' }));
  expect(await codesOf(host.host.configure())).toEqual(['DS_PLUGIN_THREW']);
});
