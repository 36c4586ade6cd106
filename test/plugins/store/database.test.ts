import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Config, definePlugin } from '../../../core/index.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { store } from '../../../plugins/store/index.ts';
import { notes, type NotesTables, openStore } from './notes.ts';

test('a plugin asks for the database by its token, and keeps rows in it', async () => {
  const asker = definePlugin({
    name: 'asker',
    setup: ({ use, hooks }) =>
      hooks.initialize.tap('asker', async () => {
        const { change, query } = await (await use('database')).open<NotesTables>(notes);
        await change((tables) =>
          tables.insertInto('notes_note').values({ title: 'kept', is_done: true }).execute(),
        );
        expect(await query.selectFrom('notes_note').select('title').execute()).toEqual([
          { title: 'kept' },
        ]);
      }),
  });
  await using repo = createTestHost({ config: { plugins: [store, asker] } });
  await repo.host.configure();
  await repo.host.initialize('up');
  const state = join(repo.root, '.state');
  const files = readdirSync(state, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.endsWith('store.sqlite'))).toHaveLength(1);
});

test('nothing is made where nobody asks', async () => {
  await using repo = createTestHost({ config: { plugins: [store] } });
  await repo.host.configure();
  await repo.host.initialize('up');
  const state = join(repo.root, '.state');
  const files = existsSync(state) ? readdirSync(state, { recursive: true, encoding: 'utf8' }) : [];
  expect(files.filter((name) => name.includes('store'))).toEqual([]);
});

test.each<[options: Record<string, unknown>, said: RegExp]>([
  [{ url: 'postgres://127.0.0.1/a', service: 'postgres' }, /exclude one another/],
  [{ variable: 'DATABASE_URL' }, /`service`, which is missing/],
  [{ uri: 'postgres://127.0.0.1/a' }, /uri/],
  [{ url: 5 }, /url/],
])('options that cannot be are refused: %j', async (options, said) => {
  const config: Config = { plugins: [store(options)] };
  await using repo = createTestHost({ config });
  await expect(repo.host.configure()).rejects.toMatchObject({
    code: 'DS_PLUGIN_OPTIONS_INVALID',
    message: expect.stringMatching(said),
  });
});

test('a store that nobody can reach is told again, and may come later', async () => {
  const { store: database } = openStore(undefined, { service: 'postgres' });
  await expect(database.open(notes)).rejects.toThrow('there is no service here');
  await expect(database.open(notes)).rejects.toThrow('there is no service here');
  await database.close();
});
