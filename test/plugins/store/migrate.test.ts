import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Schema } from '../../../plugins/store/contract.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';
import { laterNotes, notes, type NotesTables, openStore } from './notes.ts';

test('each migration runs once in the life of a store, in the order of their names', async () => {
  const { folder, store } = openStore();
  const ran: string[] = [];
  const step = (name: string) => () => Promise.resolve(void ran.push(name));
  const early: Schema = {
    owner: 'steps',
    migrations: { '0002-b': step('b'), '0001-a': step('a') },
  };
  await store.open(early);
  await store.open(early);
  expect(ran).toEqual(['a', 'b']);
  const next = openStore(folder).store;
  await next.open({ owner: 'steps', migrations: { '0003-c': step('c'), ...early.migrations } });
  expect(ran).toEqual(['a', 'b', 'c']);
});

test('many that open it at once in one process migrate once', async () => {
  const { folder } = openStore();
  let runs = 0;
  const counted: Schema = {
    owner: 'counted',
    migrations: { '0001-one': () => Promise.resolve(void runs++) },
  };
  const stores = Array.from({ length: 8 }, () => openStore(folder).store);
  await Promise.all(stores.flatMap((store) => [store.open(counted), store.open(notes)]));
  expect(runs).toBe(1);
});

test('owners do not know of one another', async () => {
  const { store } = openStore();
  await store.open(notes);
  const mail: Schema = {
    owner: 'mail',
    migrations: {
      '0001-notes': (query) =>
        query.schema.createTable('mail_mail').addColumn('id', 'integer').execute(),
    },
  };
  const { query, sql } = await store.open(mail);
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'table' order by name`.execute(query);
  expect(rows.map(({ name }) => name)).toEqual([
    'devservices_migration',
    'mail_mail',
    'notes_note',
  ]);
});

test('a migration that fails leaves nothing of those before it', async () => {
  const { folder, file, store } = openStore();
  await store.open(notes);
  await store.close();
  const before = readFileSync(file);
  const failing: Schema = {
    owner: 'notes',
    migrations: {
      ...laterNotes.migrations,
      '0003-broken': (query) => query.schema.dropTable('nowhere').execute(),
    },
  };
  const { store: next } = openStore(folder);
  await expect(next.open(failing)).rejects.toMatchObject({
    code: 'DS_STORE_MIGRATION_FAILED',
    blame: 'plugin',
    message: expect.stringMatching(/"0003-broken" of plugin "notes".*no such table: nowhere/),
  });
  // The same process may go on with what it has.
  const { query, sql } = await openStore(folder).store.open(notes);
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'table' order by name`.execute(query);
  expect(rows.map(({ name }) => name)).toEqual(['devservices_migration', 'notes_note']);
  await next.close();
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a store that knows more than the plugin is refused, untouched', async () => {
  const { folder, file, store } = openStore();
  await store.open(laterNotes);
  await store.close();
  const before = readFileSync(file);
  const { store: older } = openStore(folder);
  await expect(older.open(notes)).rejects.toMatchObject({
    code: 'DS_STORE_NEWER',
    blame: 'environment',
    message: expect.stringContaining('"0002-tags" of plugin "notes"'),
  });
  await older.close();
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a failed open may be tried again', async () => {
  const { store } = openStore();
  let attempts = 0;
  const flaky: Schema = {
    owner: 'flaky',
    migrations: {
      '0001-flaky': () => (attempts++ === 0 ? Promise.reject(new Error('no')) : Promise.resolve()),
    },
  };
  await expect(store.open(flaky)).rejects.toMatchObject({ code: 'DS_STORE_MIGRATION_FAILED' });
  await store.open(flaky);
  expect(attempts).toBe(2);
});

test('before a migration the store is copied as it was, and the newest three copies are kept', async () => {
  const folder = createTempFolder();
  const backups = () => readdirSync(folder).filter((name) => name.includes('.backup-'));
  const migrations: Record<string, Schema['migrations'][string]> = { ...notes.migrations };
  for (let version = 1; version <= 6; version++) {
    const { store } = openStore(folder);
    const { change } = await store.open<NotesTables>({ owner: 'notes', migrations });
    await change((query) =>
      query
        .insertInto('notes_note')
        .values({ title: `of version ${version}`, is_done: false })
        .execute(),
    );
    expect(backups()).toHaveLength(Math.min(version - 1, 3));
    await store.close();
    migrations[`000${version + 1}-more`] = (query) =>
      query.schema.createTable(`more_${version}`).addColumn('id', 'integer').execute();
  }
  const newest = backups().toSorted().at(-1) as string;
  expect(newest).toMatch(/^store\.sqlite\.backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
  expect(statSync(join(folder, newest)).mode & 0o777).toBe(0o600);
  // Put back, it is the store of then.
  const restored = openStore();
  copyFileSync(join(folder, newest), restored.file);
  delete migrations['0006-more'];
  delete migrations['0007-more'];
  const { query } = await restored.store.open<NotesTables>({ owner: 'notes', migrations });
  const titles = await query.selectFrom('notes_note').select('title').orderBy('id').execute();
  expect(titles.at(-1)).toEqual({ title: 'of version 5' });
});

test('nothing is copied where nothing is due', async () => {
  const { folder, store } = openStore();
  await store.open(notes);
  await openStore(folder).store.open(notes);
  expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
});
