import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadBuiltInPlugins } from '../../../core/plugin/built-in-plugins.ts';
import { createRepo } from '../cli/run-main.ts';

const library = resolve(import.meta.dirname, '../../..');
const withPlugins = (plugins: unknown, more: Readonly<Record<string, string>> = {}) =>
  createRepo({ 'devservices.config.json': JSON.stringify({ plugins }), ...more });
const store = 'devservices/plugins/store';

test('one of our own is listed by its path, with options beside it or in a later layer', async () => {
  const repo = withPlugins([store], {
    'devservices.local.json': JSON.stringify({ plugins: { store: { url: 'postgres://x/y' } } }),
  });
  const names = async () => (await repo.run('plugins')).stdout;
  expect(await names()).toMatch(/^store /m);
  repo.write({
    'devservices.config.json': JSON.stringify({ plugins: [[store, { service: 'db' }]] }),
    'devservices.local.json': '{}',
  });
  expect(await names()).toMatch(/^store /m);
});

test('its options are checked wherever they stand', async () => {
  const repo = withPlugins([store], {
    'devservices.local.json': JSON.stringify({ plugins: { store: { ulr: 'x' } } }),
  });
  const { exitCode, stderr } = await repo.run('config');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('DS_PLUGIN_OPTIONS_INVALID');
  expect(stderr).toContain('ulr');
});

test('it comes from the package that runs, whether the repo has one or not', async () => {
  const repo = withPlugins([store]);
  rmSync(join(repo.root, 'node_modules'), { recursive: true });
  expect((await repo.run('plugins')).stdout).toMatch(/^store /m);
  repo.write({ 'devservices.config.json': '{"plugins":["devservices/plugins/stroe"]}' });
  const unknown = await repo.run('config');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('DS_PLUGIN_NOT_FOUND');
  expect(unknown.stderr).toContain('devservices has no such plugin');
});

test.each([
  ['store', '`store({ … })` from', ['devservices/plugins/store']],
  ['permissions', '`permissions({ … })` from', ['devservices/plugins/permissions']],
  ['project-options', '`projectOptions({ … })` from', ['devservices/plugins/project-options']],
  ['control-api', '`controlApi({ … })` from', ['devservices/plugins/control-api']],
  ['metrics', '`metrics({ … })` from', ['devservices/plugins/metrics']],
  ['sentry', '`sentry({ … })` from', ['devservices/plugins/sentry']],
  ['nothing-such', 'Add the plugin to `plugins` as a value, a path or a package.', []],
])(
  'options for %s, which was not listed: how to list it is said',
  async (name, text, specifiers) => {
    const { exitCode, stderr } = await withPlugins({ [name]: {} }).run('config');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DS_PLUGIN_UNKNOWN');
    expect(stderr).toContain(text);
    for (const specifier of specifiers) expect(stderr).toContain(`["${specifier}", { … }]`);
  },
);

test.each([
  ['serve'],
  ['tokens', 'list'],
  ['workstations', 'list'],
  ['permissions', 'list', '--user', 'ada'],
  ['options', 'get'],
])('%s without its plugin: who lists the plugins is to list it', async (...words) => {
  const { exitCode, stderr } = await withPlugins([]).run(...words);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('DS_CONTRACT_MISSING');
  expect(stderr).toContain("from 'devservices/plugins/");
});

test.each([
  ['database', "Add `store()` from 'devservices/plugins/store' to `plugins`."],
  ['permissions', "Add `permissions()` from 'devservices/plugins/permissions' to `plugins`."],
  ['authorizer', "Add `permissions()` from 'devservices/plugins/permissions' to `plugins`."],
  ['projectOptions', "Add `projectOptions()` from 'devservices/plugins/project-options'"],
  ['prometheus', "Add `metrics()` from 'devservices/plugins/metrics' to `plugins`."],
  ['sentry', "Add `sentry()` from 'devservices/plugins/sentry' to `plugins`."],
  ['api', "Add `controlApi()` from 'devservices/plugins/control-api' to `plugins`."],
  ['apiTokens', "Add `controlApi()` from 'devservices/plugins/control-api' to `plugins`."],
  ['metrics-store', 'Add the plugin that exposes "metrics-store" to `plugins`.'],
])('who asks for "%s" in vain is told what to add', async (token, hint) => {
  const repo = withPlugins([], {
    'tasks/ask.ts': `import { defineTask } from 'devservices';
      export default defineTask(import.meta, { name: 'ask', description: '',
        async run({ use }) { await use(${JSON.stringify(token)}); } });`,
  });
  const { exitCode, stderr } = await repo.run('ask');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('DS_CONTRACT_MISSING');
  expect(stderr).toContain(hint);
});

test('a plugin that may ask any host is shown as such', async () => {
  const repo = createRepo({
    'devservices.config.ts': `import { definePlugin } from 'devservices';
      export default { plugins: [
        definePlugin({ name: 'far', permissions: { net: ['*'], run: ['git'] }, setup() {} }),
        definePlugin({ name: 'near', permissions: { net: ['a.test', '*.b.test'] }, setup() {} }),
      ] };`,
  });
  const { stdout } = await repo.run('plugins');
  expect(stdout).toMatch(/^far +net: any host, run: git$/m);
  expect(stdout).toMatch(/^near +net: a\.test \*\.b\.test$/m);
});

test('what is said to be listed is there, and what is there without is not told of', async () => {
  const builtIn = (await loadBuiltInPlugins()).map(({ pluginName }) => pluginName);
  const ours = ['store', 'permissions', 'project-options', 'control-api', 'metrics', 'sentry'];
  for (const name of ours) {
    expect(existsSync(join(library, 'plugins', name, 'index.ts'))).toBe(true);
    expect(builtIn).not.toContain(name);
  }
  expect(readdirSync(join(library, 'plugins'))).toEqual(expect.arrayContaining(builtIn));
});
