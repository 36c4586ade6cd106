import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSqlite } from '../../../../plugins/store/sqlite/libsql.ts';
import { openSqlite } from '../../../../plugins/store/sqlite/open-sqlite.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { notes, type NotesTables, openStore } from '../notes.ts';

test('a first open makes one file that only this user can read', async () => {
  const { folder, file, store } = openStore();
  const { change } = await store.open<NotesTables>(notes);
  await change((query) => query.insertInto('notes_note').values(note('one')).execute());
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(new Set(modes)).toEqual(new Set([0o600]));
  await store.close();
  expect(readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name))).toEqual(['store.sqlite']);
  expect(await store.describe()).toBe(file);
});

test('what was written stands in the file alone, once it is closed', async () => {
  const { file, store } = openStore();
  const { change } = await store.open<NotesTables>(notes);
  await change((query) => query.insertInto('notes_note').values(note('one')).execute());
  await store.close();
  expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
});

test('any folder will do, whatever its name', async () => {
  const folder = join(createTempFolder(), `it's 100%25 a?b#c "ä" &mode=memory`);
  mkdirSync(folder, { mode: 0o700 });
  const { store, file } = openStore(folder);
  await store.open(notes);
  expect(readdirSync(folder)).toContain('store.sqlite');
  expect(statSync(file).size).toBeGreaterThan(0);
});

test('a change that throws changes nothing', async () => {
  const { store } = openStore();
  const { change, query } = await store.open<NotesTables>(notes);
  const failing = change(async (tables) => {
    await tables.insertInto('notes_note').values(note('one')).execute();
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  const twice = change(async (tables) => {
    await tables.insertInto('notes_note').values(note('two')).execute();
    await tables.insertInto('notes_note').values(note('two')).execute();
  });
  await expect(twice).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' });
  expect(await query.selectFrom('notes_note').selectAll().execute()).toEqual([]);
});

test('reading sees the state of before while a change goes on, and waits for nobody', async () => {
  const { store } = openStore();
  const { change, query } = await store.open<NotesTables>(notes);
  const titles = () => query.selectFrom('notes_note').select('title').execute();
  await change(async (tables) => {
    await tables.insertInto('notes_note').values(note('one')).execute();
    expect(await tables.selectFrom('notes_note').select('title').execute()).toHaveLength(1);
    expect(await titles()).toEqual([]);
  });
  expect(await titles()).toEqual([{ title: 'one' }]);
});

test('what is for reading does not write', async () => {
  const { store } = openStore();
  const { query } = await store.open<NotesTables>(notes);
  await expect(query.insertInto('notes_note').values(note('one')).execute()).rejects.toMatchObject({
    code: 'SQLITE_READONLY',
  });
  await expect(query.transaction().execute(() => Promise.resolve())).rejects.toThrow('only reads');
  expect(await query.selectFrom('notes_note').selectAll().execute()).toEqual([]);
});

test('changes of one process happen one after another', async () => {
  const { store } = openStore();
  const { change, query } = await store.open<NotesTables>(notes);
  let under = 0;
  const add = (title: string) =>
    change(async (tables) => {
      under++;
      expect(under).toBe(1);
      await tables.insertInto('notes_note').values(note(title)).execute();
      await Promise.resolve();
      under--;
    });
  await Promise.all(Array.from({ length: 30 }, (_, index) => add(`note ${index}`)));
  expect(await query.selectFrom('notes_note').selectAll().execute()).toHaveLength(30);
});

test('values keep what they are: booleans, whole numbers, text, nothing', async () => {
  const { store } = openStore();
  const { query, sql } = await store.open<NotesTables>(notes);
  const typeOf = async (value: unknown) => {
    const { rows } = await sql<{ type: string; text: string }>`
      select typeof(${value}) as type, cast(${value} as text) as text`.execute(query);
    return rows[0];
  };
  expect(await typeOf(true)).toMatchObject({ type: 'integer', text: '1' });
  expect(await typeOf(false)).toMatchObject({ type: 'integer', text: '0' });
  expect(await typeOf(5)).toMatchObject({ type: 'integer', text: '5' });
  expect(await typeOf(1.5)).toMatchObject({ type: 'real', text: '1.5' });
  expect(await typeOf("x'; drop table notes_note; --")).toMatchObject({ type: 'text' });
  expect(await typeOf(null)).toMatchObject({ type: 'null', text: null });
});

test('isOneOf takes any number of texts, whatever stands in them', async () => {
  const { store } = openStore();
  const { change, query, isOneOf } = await store.open<NotesTables>(notes);
  const odd = [`it's`, '"quoted"', '100%', 'a\nb', 'ä', '😀', 'null', '[]', ''];
  await change(async (tables) => {
    for (const title of [...odd, 'other', '1']) {
      await tables.insertInto('notes_note').values(note(title)).execute();
    }
  });
  const many = [...odd, ...Array.from({ length: 50_000 }, (_, index) => `none ${index}`)];
  const found = await query
    .selectFrom('notes_note')
    .select('title')
    .where(isOneOf('notes_note.title', many))
    .execute();
  expect(found.map(({ title }) => title).toSorted()).toEqual(odd.toSorted());
  const none = query.selectFrom('notes_note').selectAll().where(isOneOf('title', []));
  expect(await none.execute()).toEqual([]);
});

test('a writer waits for another one, and says so when that never ends', async () => {
  const { folder, file, store } = openStore();
  await store.open<NotesTables>(notes);
  const connect = await loadSqlite();
  const other = connect({ file, mode: 'write', waitMs: 0 });
  other.run('begin immediate');
  const impatient = await openSqlite({ file, busyTimeoutMs: 0 });
  await expect(
    impatient.change(() => Promise.resolve()).catch(explain(impatient)),
  ).rejects.toMatchObject({
    code: 'DS_STORE_BUSY',
    blame: 'environment',
  });
  await impatient.close();
  const { change } = await openStore(folder).store.open<NotesTables>(notes);
  const waiting = change((query) => query.insertInto('notes_note').values(note('one')).execute());
  other.run('commit');
  other.close();
  await expect(waiting).resolves.toHaveLength(1);
});

test('a store that is moved away while it is open is neither read nor written any more', async () => {
  const { file, store } = openStore();
  const { change, query } = await store.open<NotesTables>(notes);
  const add = () =>
    change((tables) => tables.insertInto('notes_note').values(note('one')).execute());
  await add();
  renameSync(file, `${file}.away`);
  const gone = { code: 'DS_STORE_UNREACHABLE', message: expect.stringContaining('moved') };
  await expect(add()).rejects.toMatchObject(gone);
  await expect(query.selectFrom('notes_note').selectAll().execute()).rejects.toMatchObject(gone);
  renameSync(`${file}.away`, file);
  expect(await query.selectFrom('notes_note').selectAll().execute()).toHaveLength(1);
});

test('a change that begins after the close is refused, also where it would be the first', async () => {
  const { folder, store } = openStore();
  await store.open(notes);
  const again = openStore(folder);
  const { change } = await again.store.open(notes);
  await again.store.close();
  await expect(change(() => Promise.resolve())).rejects.toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
  });
});

test('what is asked after the close is refused, and closing again does nothing', async () => {
  const { store } = openStore();
  const { change, query } = await store.open<NotesTables>(notes);
  await change(() => Promise.resolve());
  let cut: Promise<unknown> | undefined;
  const closing = change(async (tables) => {
    await store.close();
    cut = tables.insertInto('notes_note').values(note('one')).execute();
    await cut;
  });
  await expect(closing).rejects.toMatchObject({ code: 'DS_STORE_UNREACHABLE' });
  await expect(cut).rejects.toMatchObject({ code: 'DS_STORE_UNREACHABLE' });
  await expect(query.selectFrom('notes_note').selectAll().execute()).rejects.toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
  });
  await store.close();
});

function note(title: string) {
  return { title, is_done: false };
}

function explain(driver: Awaited<ReturnType<typeof openSqlite>>) {
  return (thrown: unknown) => {
    throw driver.explain(thrown) ?? thrown;
  };
}
