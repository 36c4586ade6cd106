import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { CommandOptions, CommandShell } from '../../../core/command.ts';
import { grantAccessors } from '../../../core/permissions/grant-accessors.ts';
import { addedPermissions, type Permissions } from '../../../core/permissions/permissions.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { image, thrownBy } from '../../rig/kernel.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

interface AllAccessors {
  $: CommandShell;
  fetch: typeof fetch;
  env: Record<string, string | undefined>;
  readText(path: string): Promise<string>;
  writeText(path: string, text: string): Promise<void>;
  engine(): Promise<unknown>;
}

let root = '';
beforeEach(() => {
  root = createTempFolder();
});

const grant = (permissions: Permissions, env: Record<string, string> = {}) =>
  grantAccessors(permissions, {
    who: 'The plugin mail',
    root,
    env,
    signal: new AbortController().signal,
    exports: async () => ({ DATABASE_URL: 'postgres://db' }),
    engine: async () => 'the engine',
    project: 'the project',
  }) as unknown as AllAccessors;

const denied = async (work: Promise<unknown>): Promise<string> => {
  const error = await thrownBy(work);
  expect(error['code']).toBe('DS_PERMISSION_DENIED');
  return error.message;
};
const run = async (work: () => unknown): Promise<void> => void (await work());

test('what was not asked for is not there', () => {
  expect(Object.keys(grant({}))).toEqual([]);
  const all: Required<Permissions> = {
    run: ['node'],
    net: [],
    read: [],
    write: [],
    env: [],
    engine: true,
    project: true,
  };
  expect(new Set(Object.keys(grant(all)))).toEqual(
    new Set(['$', 'fetch', 'env', 'readText', 'writeText', 'engine', 'project']),
  );
});

test('a plugin without `permissions.run` has no way to run a command, and the type says so', async () => {
  const seen: unknown[] = [];
  const plain = definePlugin({
    name: 'plain',
    setup(ctx) {
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.$);
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.fetch);
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.env);
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.readText);
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.writeText);
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.engine);
      // @ts-expect-error -- nothing was declared
      seen.push(ctx.project);
      expect(Object.isFrozen(ctx)).toBe(true);
    },
  });
  const declared = definePlugin({
    name: 'declared',
    permissions: { run: ['node'], env: ['MAIL_*'] },
    setup(ctx) {
      seen.push(typeof ctx.$, ctx.env['MAIL_HOST'], ctx.env['HOME']);
      // @ts-expect-error -- not declared
      seen.push(ctx.fetch);
    },
  });
  await using host = createTestHost({
    config: { plugins: [plain, declared], services: { db: { run: image() } } },
    env: { MAIL_HOST: 'localhost' },
  });
  await host.host.configure();
  expect(seen).toEqual([
    ...Array.from({ length: 7 }, () => undefined),
    'function',
    'localhost',
    undefined,
    undefined,
  ]);
});

test('$ runs declared commands, with values quoted and the services’ exports', async () => {
  const { $ } = grant({ run: [process.execPath] });
  const evil = '$(touch pwned); rm -rf "x"';
  const code = 'console.log(JSON.stringify([process.argv[1], process.env.DATABASE_URL]))';
  const shell = grant({ run: ['node'] }).$;
  const { stdout } = await shell`node -e ${code} ${evil}`;
  expect(JSON.parse(stdout)).toEqual([evil, 'postgres://db']);
  expect(await denied(run(() => $`node --version`))).toContain('The plugin mail');
});

test('$ refuses every other command and all shell syntax', async () => {
  const { $ } = grant({ run: ['node', 'gcloud'] });
  const name = 'curl';
  const attempts: (() => unknown)[] = [
    () => $`curl example.com`,
    () => $`${name} example.com`,
    () => $`nodejs --version`,
    () => $`./node --version`,
    () => $`node --version; curl x`,
    () => $`node --version && curl x`,
    () => $`node --version | curl x`,
    () => $`node --version > file`,
    () => $`node $(curl x)`,
    () => $`node \`curl x\``,
    () => $`PATH=/tmp node --version`,
    () => $`node --version
      curl x`,
    () => $`node "${name}"`,
    () => $({ shell: '/bin/sh' } as CommandOptions)`node --version`,
    () => $({ prefix: 'curl x;' } as CommandOptions)`node --version`,
    () => $`node --version`.pipe`curl x`,
    () => $`node --version`.pipe('/tmp/file'),
  ];
  for (const attempt of attempts) {
    expect(await denied(run(attempt))).toContain('run: node, run: gcloud');
  }
});

test('env shows what its patterns name', () => {
  const { env } = grant(
    { env: ['MAIL_*', 'HOME'] },
    { MAIL_HOST: 'a', MAIL: 'b', HOME: 'c', HOMER: 'd', AWS_SECRET: 'e' },
  );
  expect(env).toEqual({ MAIL_HOST: 'a', HOME: 'c' });
  expect(Object.isFrozen(env)).toBe(true);
});

test('read and write stay inside, also through `..` and links', async () => {
  mkdirSync(join(root, 'data/inner'), { recursive: true });
  mkdirSync(join(root, 'data-secret'));
  writeFileSync(join(root, 'secret'), 'top');
  writeFileSync(join(root, 'data-secret/x'), 'top');
  writeFileSync(join(root, 'data/a'), 'fine');
  symlinkSync(join(root, 'secret'), join(root, 'data/link'));
  symlinkSync('..', join(root, 'data/up'));
  symlinkSync(join(root, 'not-yet'), join(root, 'data/dangling'));
  symlinkSync('loop', join(root, 'data/loop'));
  const { readText, writeText } = grant({ read: ['data', 'package.json'], write: ['data'] });
  expect(await readText('data/a')).toBe('fine');
  expect(await readText(join(root, 'data/inner/../a'))).toBe('fine');
  for (const path of [
    'secret',
    'data/../secret',
    '../x',
    '/etc/passwd',
    'data/link',
    'data/up/secret',
    'data-secret/x',
    'data/loop',
    '.',
  ]) {
    expect(await denied(readText(path))).toContain('`read: [data, package.json]`');
  }
  await writeText('data/new/deep/file', 'text');
  expect(readFileSync(join(root, 'data/new/deep/file'), 'utf8')).toBe('text');
  for (const path of ['secret', 'data/link', 'data/dangling', 'data/up/new', 'package.json']) {
    await denied(writeText(path, 'evil'));
  }
  expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('top');
  await expect(readText('data/not-there')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('engine gives the engine’s client', async () => {
  expect(await grant({ engine: true }).engine()).toBe('the engine');
  expect(Object.keys(grant({ engine: false }))).toEqual([]);
});

test('what is asked for in addition', () => {
  expect(addedPermissions({}, {})).toEqual([]);
  expect(addedPermissions({ run: ['a'] }, { run: ['a', 'b'], engine: true })).toEqual([
    'run: b',
    'engine',
  ]);
  expect(addedPermissions({ engine: true, run: ['a'] }, { engine: false })).toEqual([]);
  expect(addedPermissions({ net: ['a.test'] }, { net: ['a.test', '*'] })).toEqual(['net: *']);
});
