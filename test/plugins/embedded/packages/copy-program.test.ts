import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { copyProgram } from '../../../../plugins/embedded/packages/copy-program.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

function makePackage(links: readonly { source: string; target: string }[] = []) {
  const folder = createTempFolder();
  mkdirSync(join(folder, 'bin'), { mode: 0o700 });
  mkdirSync(join(folder, 'lib'), { mode: 0o700 });
  writeFileSync(join(folder, 'bin/serve'), 'program', { mode: 0o700 });
  writeFileSync(join(folder, 'lib/libx.so.1.2'), 'library', { mode: 0o600 });
  writeFileSync(join(folder, 'pg-symlinks.json'), JSON.stringify(links));
  return folder;
}

function makePlace() {
  const folder = createTempFolder();
  return { service: 'postgres', cacheFolder: join(folder, 'cache') };
}

test('a copy has the links that npm left out, and can be run by all', async () => {
  const from = makePackage([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]);
  const place = makePlace();
  const to = await copyProgram(place, { from, name: 'serve-1' });
  expect(to).toBe(join(place.cacheFolder, 'programs/serve-1'));
  expect(readlinkSync(join(to, 'lib/libx.so.1'))).toBe('libx.so.1.2');
  expect(readFileSync(join(to, 'lib/libx.so.1'), 'utf8')).toBe('library');
  const modes = ['', 'bin', 'bin/serve', 'lib/libx.so.1.2'].map((path) =>
    (lstatSync(join(to, path)).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['755', '755', '755', '644']);
});

test('a link that would lead out of the copy, or be made outside of it, is left out', async () => {
  const from = makePackage([
    { source: 'native/../../secret', target: 'native/lib/a' },
    { source: 'native/lib/libx.so.1.2', target: 'native/../../b' },
    { source: '/etc/passwd', target: 'native/lib/c' },
  ]);
  const to = await copyProgram(makePlace(), { from, name: 'serve-1' });
  expect(readdirSync(join(to, 'lib'))).toEqual(['libx.so.1.2']);
  expect(existsSync(join(to, '../../b'))).toBe(false);
});

test('what is there is not copied again, and stays whole without its package', async () => {
  const place = makePlace();
  const first = await copyProgram(place, { from: makePackage(), name: 'serve-1' });
  const again = await copyProgram(place, { from: '/nowhere', name: 'serve-1' });
  expect(again).toBe(first);
});

test('of several at once one copy is left, and no halves', async () => {
  const from = makePackage();
  const place = makePlace();
  const all = await Promise.all(
    Array.from({ length: 4 }, () => copyProgram(place, { from, name: 'serve-1' })),
  );
  expect(new Set(all).size).toBe(1);
  expect(readdirSync(join(place.cacheFolder, 'programs'))).toEqual(['serve-1']);
});

test('a copy that fails is said, and leaves nothing', async () => {
  const place = makePlace();
  await expect(copyProgram(place, { from: '/nowhere', name: 'serve-1' })).rejects.toMatchObject({
    code: 'DS_EMBEDDED_PROGRAM_UNCOPIED',
    facts: { from: '/nowhere' },
  });
  expect(readdirSync(join(place.cacheFolder, 'programs'))).toEqual([]);
});

test.runIf(process.getuid?.() === 0)('root’s for others are where only root writes', async () => {
  const from = makePackage();
  const user = { uid: 65_534, gid: 65_534, name: 'nobody' };
  const shared = join(createTempFolder(), 'shared');
  const to = await copyProgram({ ...makePlace(), user }, { from, name: 'serve-1' }, shared);
  expect(to).toBe(join(shared, 'programs/serve-1'));
  chmodSync(shared, 0o777);
  await expect(
    copyProgram({ ...makePlace(), user }, { from, name: 'serve-1' }, shared),
  ).rejects.toMatchObject({ code: 'DS_EMBEDDED_PROGRAM_UNCOPIED' });
});
