import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createPackedCheckout } from '../rig/packed-checkout.ts';

/** A task that leaves a file when it is imported, and another when it runs. */
const task = (name: string) => `
import { writeFileSync } from 'node:fs';
import { defineTask } from 'devservices';
writeFileSync('${name}.imported', '');
export default defineTask(import.meta, {
  name: '${name}',
  description: 'Leaves ${name}.ran behind',
  args: { words: { kind: 'positional', many: true, description: 'Words' } },
  run: ({ args }) => { writeFileSync('${name}.ran', args.words.join(' ')); },
});
`;

describe('the packed bin, in a repo whose code leaves traces', async () => {
  const checkout = await createPackedCheckout(null);
  const further = join(checkout.outside, 'ds');
  symlinkSync(checkout.linked, further);
  checkout.write({
    'tasks/one.ts': task('one'),
    'tasks/other.ts': task('other'),
    'devservices.config.ts': `
import { writeFileSync } from 'node:fs';
writeFileSync('config.imported', '');
export default { tasks: { small: 'touch small.ran' } };
`,
  });
  beforeEach(() => checkout.forgetTraces());
  afterAll(() => checkout[Symbol.asyncDispose]());

  test.each([
    { what: 'the listing', args: [] },
    { what: 'the listing as JSON, of which completions are made', args: ['--json'] },
    { what: 'help', args: ['--help'] },
    { what: 'the help of a task of the repo', args: ['one', '--help'] },
    { what: 'the same as JSON', args: ['one', '--help', '--json'] },
    { what: 'the help of a small task', args: ['small', '--help'] },
    { what: 'the help of a built-in task', args: ['up', '--help'] },
    { what: 'the version', args: ['--version'] },
  ])("$what executes none of the repo's code", async ({ args }) => {
    const { exitCode, stdout, stderr } = await checkout.bin(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toBe('');
    expect(checkout.traces()).toEqual([]);
  });

  test('the listing knows what was not run', async () => {
    const { stdout } = await checkout.bin(['--json']);
    const { tasks } = JSON.parse(stdout) as { tasks: { name: string; origin: string }[] };
    expect(Object.fromEntries(tasks.map(({ name, origin }) => [name, origin]))).toMatchObject({
      one: 'repo',
      other: 'repo',
      small: 'config',
      up: 'built-in',
      down: 'built-in',
    });
  });

  test.each([
    { way: 'node_modules/.bin', path: checkout.linked },
    { way: 'a further symlink', path: further },
  ])('through $way it runs the named task and no other', async ({ path }) => {
    const { exitCode, stderr } = await checkout.run([path, 'one', 'a', 'b']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(checkout.traces().filter((name) => name !== 'config.imported')).toEqual([
      'one.imported',
      'one.ran',
    ]);
    expect(readFileSync(join(checkout.root, 'one.ran'), 'utf8')).toBe('a b');
  });

  test("a built-in task runs none of the repo's", async () => {
    const { exitCode } = await checkout.bin(['config', '--json']);
    expect(exitCode).toBe(0);
    expect(checkout.traces()).toEqual(['config.imported']);
  });

  test('a small task of the configuration imports no task file', async () => {
    const { exitCode } = await checkout.bin(['small']);
    expect(exitCode).toBe(0);
    expect(checkout.traces()).toEqual(['config.imported', 'small.ran']);
  });
});

describe('one core in a process of the packed bin', async () => {
  const checkout = await createPackedCheckout(null);
  afterAll(() => checkout[Symbol.asyncDispose]());
  /** Leaves its own `devservices` where the task finds it. */
  const witness = (who: string) => `
import * as core from 'devservices';
(globalThis[Symbol.for('case.cores')] ??= []).push(['${who}', core.DevServicesError, core.z]);
`;
  checkout.write({
    // As published by somebody: plain JavaScript, found by Node itself.
    'node_modules/stranger/package.json':
      '{ "name": "stranger", "type": "module", "exports": "./index.js" }',
    'node_modules/stranger/index.js': `${witness('package')}
export default core.definePlugin({
  name: 'stranger',
  options: core.z.object({ word: core.z.string().default('none') }),
  setup({ hooks, options, log }) {
    hooks.initialize.tap('stranger', () => log.warn('hook with ' + options.word));
  },
});
`,
    'plugins/local.ts': `${witness('file')}
export default core.definePlugin({ name: 'local', setup(): void {} });
`,
    'devservices.config.ts': `${witness('config')}
import local from './plugins/local.ts';
export default core.defineConfig({ plugins: [['stranger', { word: 'shared' }], local] });
`,
    'tasks/cores.ts': `${witness('task')}
import { docker } from 'devservices/plugins/docker';
export default core.defineTask(import.meta, {
  name: 'cores',
  description: 'Compares',
  async run({ host, run }) {
    await host.configure();
    await host.initialize('cores');
    const cores = globalThis[Symbol.for('case.cores')];
    const thrown = await run('no-such-task').catch((error: unknown) => error);
    console.log(JSON.stringify({
      seen: cores.map(([who]) => who).sort(),
      errors: new Set(cores.map(([, error]) => error)).size,
      schemas: new Set(cores.map(([,, z]) => z)).size,
      isOurs: thrown instanceof core.DevServicesError,
      isPlugin: docker.pluginName,
    }));
  },
});
`,
  });

  test('configuration, plugins, tasks and the bin itself share it', async () => {
    const { exitCode, stdout, stderr } = await checkout.bin(['cores']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('hook with shared'),
    });
    const report = stdout.split('\n').find((line) => line.startsWith('{')) ?? '';
    expect(JSON.parse(report)).toEqual({
      seen: ['config', 'file', 'package', 'task'],
      errors: 1,
      schemas: 1,
      isOurs: true,
      isPlugin: 'docker',
    });
  });
});
