import { expect, test } from 'vitest';
import { z } from 'zod';
import { collectPlugins, type PluginLayer } from '../../../core/plugin/collect-plugins.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';

const docker = definePlugin({
  name: 'docker',
  options: z.strictObject({ retries: z.number().default(3), quiet: z.boolean().default(false) }),
  setup() {},
});
const mail = definePlugin({ name: 'mail', setup() {} });
const modules: Record<string, unknown> = {
  './mail.ts': { mail },
  'devservices-docker2': { default: docker, other: 7 },
  './empty.ts': { nothing: true },
  './null.ts': null,
};

async function collect(...entries: unknown[]) {
  const layers = entries.map((each, index): PluginLayer => ({
    source: `file${index}`,
    entries: each,
  }));
  const { plugins, errors } = await collectPlugins({
    builtIn: [docker],
    layers,
    async importFrom(specifier) {
      if (!Object.hasOwn(modules, specifier)) throw new Error('not there');
      return modules[specifier];
    },
  });
  return {
    plugins: plugins.map(({ pluginName, options }) => [pluginName, options]),
    errors: errors.map(({ code, message }) => `${code} ${message}`),
  };
}
const defaults = { retries: 3, quiet: false };

test('built-in ones are there without being listed', async () => {
  expect(await collect()).toEqual({ plugins: [['docker', defaults]], errors: [] });
});

test('a later plugin of the same name replaces the earlier, in its place', async () => {
  expect(await collect([mail, docker({ retries: 1 })], [docker({ quiet: true })])).toEqual({
    plugins: [
      ['docker', { retries: 3, quiet: true }],
      ['mail', undefined],
    ],
    errors: [],
  });
});

test('a record changes options key by key, null takes a plugin out', async () => {
  expect((await collect({ docker: { retries: 5 } }, { docker: { quiet: true } })).plugins).toEqual([
    ['docker', { retries: 5, quiet: true }],
  ]);
  expect(await collect([mail], { docker: null })).toEqual({
    plugins: [['mail', undefined]],
    errors: [],
  });
});

test('paths and packages are imported, with options beside them', async () => {
  expect(await collect(['./mail.ts', ['devservices-docker2', { retries: 9 }]])).toEqual({
    plugins: [
      ['docker', { retries: 9, quiet: false }],
      ['mail', undefined],
    ],
    errors: [],
  });
});

test('everything that is wrong is told at once, with where it was written', async () => {
  const { plugins, errors } = await collect(
    ['./gone.ts', './empty.ts', './null.ts', 7, null, mail],
    { dokcer: {}, docker: { retries: 'x', loud: true }, mail: { a: 1 } },
  );
  expect(plugins).toEqual([]);
  expect(errors).toEqual([
    expect.stringMatching(/^DS_PLUGIN_NOT_FOUND .*"\.\/gone\.ts" of file0.*not there/),
    expect.stringMatching(/^DS_PLUGIN_INVALID file0 has "\.\/empty\.ts", which exports no plugin/),
    expect.stringMatching(/^DS_PLUGIN_INVALID file0 has "\.\/null\.ts", which exports no plugin/),
    expect.stringMatching(/^DS_PLUGIN_INVALID file0 has a value of type number/),
    expect.stringMatching(/^DS_PLUGIN_INVALID file0 has null/),
    expect.stringMatching(/^DS_PLUGIN_UNKNOWN .*"dokcer".*Did you mean "docker"\?/),
    expect.stringMatching(/^DS_PLUGIN_OPTIONS_INVALID .*docker[^]*retries[^]*loud[^]*file1/),
    expect.stringMatching(/^DS_PLUGIN_OPTIONS_INVALID .*mail[^]*it takes no options \(file1\)/),
  ]);
});

for (const value of [true, 7, 'text', ['x']]) {
  test(`options that are ${JSON.stringify(value)} are refused`, async () => {
    const { errors } = await collect({ docker: value });
    expect(errors).toEqual([expect.stringMatching(/^DS_PLUGIN_OPTIONS_INVALID/)]);
  });
}
