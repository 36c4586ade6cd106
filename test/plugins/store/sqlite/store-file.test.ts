import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSqlite, type SqliteConnection } from '../../../../plugins/store/sqlite/libsql.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { notes, type NotesTables, openStore } from '../notes.ts';

describe('what is not a store of ours is refused, and is afterwards what it was', () => {
  test.each<[what: string, make: (file: string) => unknown, expected: Record<string, unknown>]>([
    [
      'a text',
      (file) => writeFileSync(file, 'my notes\n'.repeat(1000)),
      { code: 'DS_STORE_FOREIGN', message: expect.stringContaining('no SQLite database') },
    ],
    ['a few bytes', (file) => writeFileSync(file, 'x'), { code: 'DS_STORE_FOREIGN' }],
    [
      'a database of another program',
      (file) => makeDatabase(file, ['create table mine (x)']),
      { code: 'DS_STORE_FOREIGN', message: expect.stringContaining('another program') },
    ],
    [
      'one that writes ahead, all of it beside the file still',
      (file) =>
        makeDatabase(file, ['pragma journal_mode = wal', 'create table mine (x)'], {
          isLeft: true,
        }),
      { code: 'DS_STORE_FOREIGN' },
    ],
    [
      'an empty database that another program calls its own',
      (file) => makeDatabase(file, ['pragma application_id = 252006673', 'vacuum']),
      { code: 'DS_STORE_FOREIGN' },
    ],
    [
      'a link',
      (file) => {
        writeFileSync(`${file}.elsewhere`, '');
        symlinkSync(`${file}.elsewhere`, file);
      },
      { code: 'DS_STORE_FOREIGN', message: expect.stringContaining('is a link') },
    ],
    ['a link to nothing', (file) => symlinkSync('nowhere', file), { code: 'DS_STORE_FOREIGN' }],
    ['a folder', (file) => mkdirSync(file), { code: 'DS_STORE_FOREIGN' }],
    [
      'a store of a newer format',
      async (file) => {
        await makeStore(file);
        const database = await connect(file);
        database.pragma('user_version = 2');
        database.close();
      },
      { code: 'DS_STORE_NEWER', blame: 'environment' },
    ],
    [
      'a store that something was written over',
      async (file) => {
        await makeStore(file);
        copyFileSync(file, `${file}.backup-2026-01-01T00-00-00.000Z`);
        copyFileSync(file, `${file}.backup-2026-02-01T00-00-00.000Z`);
        writeFileSync(file, 'garbage '.repeat(2000));
      },
      { code: 'DS_STORE_CORRUPT', hint: expect.stringContaining('store.sqlite.backup-2026-02') },
    ],
    [
      'a store whose end is missing',
      async (file) => {
        await makeStore(file);
        truncateSync(file, 4096);
      },
      { code: 'DS_STORE_CORRUPT', hint: expect.stringContaining('There is no backup') },
    ],
    [
      'a store with a damaged list of tables',
      async (file) => {
        await makeStore(file);
        const bytes = readFileSync(file);
        bytes.fill(0xff, 100, 4096);
        writeFileSync(file, bytes);
      },
      { code: 'DS_STORE_CORRUPT' },
    ],
    [
      'a store with one letter of a text that is none',
      async (file) => {
        await makeStore(file);
        const bytes = readFileSync(file);
        // Of two places, the table and its index: they no longer say the same.
        bytes[bytes.indexOf('lettered')] = 0xff;
        writeFileSync(file, bytes);
      },
      { code: 'DS_STORE_CORRUPT' },
    ],
    [
      'a store in a way of writing that nobody knows yet',
      async (file) => {
        await makeStore(file);
        const bytes = readFileSync(file);
        bytes.writeUInt32BE(99, 44);
        writeFileSync(file, bytes);
      },
      { code: 'DS_STORE_CORRUPT' },
    ],
  ])('%s', async (_, make, expected) => {
    const { folder, file, store } = openStore();
    await make(file);
    const before = contentOf(folder);
    await expect(store.open(notes)).rejects.toMatchObject({ blame: 'environment', ...expected });
    await store.close();
    expect(contentOf(folder)).toEqual(before);
  });
});

describe('a first start that was killed is finished by the next', () => {
  test.each<[what: string, make: (file: string) => unknown]>([
    ['before anything was written', (file) => writeFileSync(file, '', { mode: 0o600 })],
    ['with an empty database', (file) => makeDatabase(file, ['vacuum'])],
    ['beside the place', (file) => writeFileSync(`${file}.new`, 'half of it')],
    ['by one whose process is gone', (file) => mkdirSync(join(file, '../store.lock'))],
  ])('%s', async (_, make) => {
    const { folder, file, store } = openStore();
    await make(file);
    const { change, query } = await store.open<NotesTables>(notes);
    await change((tables) =>
      tables.insertInto('notes_note').values({ title: 'one', is_done: true }).execute(),
    );
    expect(await query.selectFrom('notes_note').select(['title', 'is_done']).execute()).toEqual([
      { title: 'one', is_done: 1 },
    ]);
    expect(lstatSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name))).toEqual([
      'store.sqlite',
    ]);
  });
});

test('what a store that is gone left beside it is not taken for changes of the next', async () => {
  const { folder, file, store } = openStore();
  const { change } = await store.open<NotesTables>(notes);
  await change((query) =>
    query.insertInto('notes_note').values({ title: 'old', is_done: false }).execute(),
  );
  const left = createTempFolder();
  copyFileSync(`${file}-wal`, join(left, 'store.sqlite-wal'));
  copyFileSync(`${file}-shm`, join(left, 'store.sqlite-shm'));
  expect(folder).not.toBe(left);
  const next = await openStore(left).store.open<NotesTables>(notes);
  expect(await next.query.selectFrom('notes_note').selectAll().execute()).toEqual([]);
});

test('a store that is found readable by others is not, afterwards', async () => {
  const { folder, file, store } = openStore();
  await makeStore(file);
  const copy = join(folder, 'copy');
  copyFileSync(file, copy);
  const again = openStore(createTempFolder());
  writeFileSync(again.file, readFileSync(copy), { mode: 0o644 });
  await again.store.open(notes);
  expect(lstatSync(again.file).mode & 0o777).toBe(0o600);
  await store.close();
});

async function makeStore(file: string): Promise<void> {
  const { store } = openStore(join(file, '..'));
  const { change } = await store.open<NotesTables>(notes);
  await change((query) =>
    query.insertInto('notes_note').values({ title: 'lettered', is_done: false }).execute(),
  );
  await store.close();
}

async function connect(file: string): Promise<SqliteConnection> {
  return (await loadSqlite())({ file, mode: 'make', waitMs: 0 });
}

async function makeDatabase(
  file: string,
  statements: readonly string[],
  { isLeft = false } = {},
): Promise<void> {
  const place = isLeft ? join(createTempFolder(), 'other.sqlite') : file;
  const database = await connect(place);
  for (const statement of statements) database.run(statement);
  if (isLeft) {
    for (const end of ['', '-wal', '-shm']) copyFileSync(`${place}${end}`, `${file}${end}`);
  }
  database.close();
}

/** Every file of the folder, but for the index of the log, which every reader writes. */
function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm'))
      .map((name) => [name, readContent(join(folder, name))])
      .filter(([, content]) => content !== ''),
  );
}

function readContent(path: string): string {
  const found = lstatSync(path);
  return found.isFile() ? readFileSync(path, 'hex') : `${found.mode}`;
}
