import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

import {
  ensureDataFolder,
  listDataFolders,
  removeDataFolder,
  resolveDataFolder,
} from '../../../../plugins/process/runner/kept-folders.ts';
import { findPlainUser } from '../../../../plugins/process/runner/plain-user.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

const project = { project: 'shop', checkout: '3f9a1c22e0b7' };
const owner = { project, service: 'postgres', runKey: 'local' };
const isRoot = process.getuid?.() === 0;

function makePlaces() {
  const folder = createTempFolder();
  chmodSync(folder, 0o755);
  return { stateHome: join(folder, 'state'), sharedBase: join(folder, 'shared') };
}

function keep(isRootRefused: boolean) {
  const places = makePlaces();
  const folder = resolveDataFolder(places, owner, { isRootRefused });
  ensureDataFolder(places, owner, folder);
  return { places, ...folder };
}

test('what may run as whoever runs us is kept in the checkout’s state, closed to others', () => {
  const { places, path, user } = keep(false);
  expect(path).toBe(join(places.stateHome, '3f9a1c22e0b7/data/shop/postgres/local'));
  expect(user).toBe(undefined);
  expect(lstatSync(path).mode & 0o777).toBe(0o700);
});

test('nothing is made by asking where it would be', () => {
  const places = makePlaces();
  resolveDataFolder(places, owner, { isRootRefused: true });
  expect(existsSync(places.stateHome)).toBe(false);
  expect(existsSync(places.sharedBase)).toBe(false);
});

test.runIf(isRoot)('root’s is an unprivileged user’s folder below folders of root’s', () => {
  const { places, path, user } = keep(true);
  expect(user).toEqual(findPlainUser());
  expect(lstatSync(path).uid).toBe(user?.uid);
  expect(lstatSync(path).mode & 0o777).toBe(0o700);
  for (let at = dirname(path); at !== dirname(places.sharedBase); at = dirname(at)) {
    expect(lstatSync(at).uid).toBe(0);
    expect(lstatSync(at).mode & 0o777).toBe(0o755);
  }
});

test('where it is stays as it was chosen first', () => {
  const { places, path } = keep(true);
  const moved = { ...places, sharedBase: join(places.stateHome, 'elsewhere') };
  expect(resolveDataFolder(moved, owner, { isRootRefused: true }).path).toBe(path);
});

test('what is kept is listed by its path, for the services that were asked for', () => {
  const { places, path } = keep(true);
  const found = { kind: 'process', ...owner, name: path };
  expect(listDataFolders(places, project, 'all')).toEqual([found]);
  expect(listDataFolders(places, project, ['postgres'])).toEqual([found]);
  expect(listDataFolders(places, project, ['redis'])).toEqual([]);
  expect(listDataFolders(places, { ...project, project: 'other' }, 'all')).toEqual([]);
});

test('what was listed is removed, with the folders that are empty then', () => {
  const { places, path } = keep(true);
  mkdirSync(join(path, 'base'));
  writeFileSync(join(path, 'base/1'), 'rows');
  const [found] = listDataFolders(places, project, 'all');
  if (found) removeDataFolder(places, found);
  expect(existsSync(path)).toBe(false);
  expect(existsSync(dirname(path))).toBe(false);
  expect(listDataFolders(places, project, 'all')).toEqual([]);
});

test.each([true, false])('what a link leads to outlives the folder (refuses root: %s)', (as) => {
  const { places, path } = keep(as);
  const outside = createTempFolder();
  writeFileSync(join(outside, 'precious'), '');
  symlinkSync(outside, join(path, 'link'));
  const [found] = listDataFolders(places, project, 'all');
  if (found) removeDataFolder(places, found);
  expect(existsSync(path)).toBe(false);
  expect(existsSync(join(outside, 'precious'))).toBe(true);
});

test('a folder behind a link is not removed', () => {
  const places = makePlaces();
  const outside = createTempFolder();
  const data = join(places.stateHome, project.checkout, 'data');
  mkdirSync(dirname(data), { recursive: true, mode: 0o700 });
  symlinkSync(outside, data);
  ensureDataFolder(places, owner, resolveDataFolder(places, owner, { isRootRefused: false }));
  const [found] = listDataFolders(places, project, 'all');
  expect(() => found && removeDataFolder(places, found)).toThrow(
    expect.objectContaining({ code: 'DS_PROCESS_FOLDER_FOREIGN' }),
  );
  expect(existsSync(join(outside, 'shop/postgres/local'))).toBe(true);
});

test.runIf(isRoot)('a base that others may write to is refused', () => {
  const places = makePlaces();
  mkdirSync(places.sharedBase);
  chmodSync(places.sharedBase, 0o777);
  const folder = resolveDataFolder(places, owner, { isRootRefused: true });
  expect(() => ensureDataFolder(places, owner, folder)).toThrow(
    expect.objectContaining({ code: 'DS_PROCESS_FOLDER_FOREIGN' }),
  );
});

test('the postgres user is taken before nobody, and never root', () => {
  const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n';
  const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash\n';
  expect(findPlainUser(nobody + postgres).name).toBe('postgres');
  expect(findPlainUser(`root:x:0:0::/root:/bin/sh\n${nobody}`)).toEqual({
    uid: 65534,
    gid: 65534,
    name: 'nobody',
  });
  expect(() => findPlainUser('postgres:x:0:0::/:/bin/sh\n')).toThrow(
    expect.objectContaining({ code: 'DS_PROCESS_USER_MISSING' }),
  );
});
