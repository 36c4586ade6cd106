import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore, type NotesTables, notes } from '../notes.ts';

test('a first open makes one file that only this user can read', async () => {
  const { folder, file, store } = openStore();
  await store.open<NotesTables>(notes);
  await store.close();
  expect(readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name))).toEqual(['store.sqlite']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await store.describe()).toBe(join(folder, 'store.sqlite'));
});
