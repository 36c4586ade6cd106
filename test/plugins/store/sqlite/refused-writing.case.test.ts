import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { laterNotes, notes, type NotesTables, openStore } from '../notes.ts';
import { startStoreProcess } from '../store-process.ts';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
const note = (title: string) => ({ title, is_done: false });

// As text: it goes to another process.
const addNote = `
  const { query, change } = await store.open({ owner: 'notes', migrations: { '0001-notes': async () => {} } });
  await change((tables) => tables.insertInto('notes_note').values({ title: 'two', is_done: 0 }).execute());
`;

describe.skipIf(!mayMount)(
  'as root, who may mount: what is mounted read-only is not written',
  () => {
    /** Ends as a command does that is run where `path` cannot be written. */
    const endOf = async (folder: string, path: string, script: string): Promise<string> => {
      const mounts = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
      const words = ['unshare', '-m', 'sh', '-c', mounts, path];
      const one = await startStoreProcess({ folder }, script, words);
      one.go();
      return one.ended;
    };

    test('a folder where no store is', async () => {
      const folder = createTempFolder();
      expect(await endOf(folder, folder, addNote)).toBe('DS_STORE_READONLY');
      expect(readdirSync(folder)).toEqual([]);
    });

    test.each([
      ['its folder', (folder: string) => folder],
      ['its file', (folder: string) => join(folder, 'store.sqlite')],
    ])('%s', async (_, pathIn) => {
      const { folder, file, store } = openStore();
      const { change } = await store.open<NotesTables>(notes);
      await change((query) => query.insertInto('notes_note').values(note('one')).execute());
      await store.close();
      const before = readFileSync(file);
      expect(await endOf(folder, pathIn(folder), addNote)).toBe('DS_STORE_READONLY');
      expect(readFileSync(file).equals(before)).toBe(true);
      const next = await openStore(folder).store.open<NotesTables>(notes);
      await next.change((query) => query.insertInto('notes_note').values(note('three')).execute());
      expect(await next.query.selectFrom('notes_note').select('title').execute()).toEqual([
        { title: 'one' },
        { title: 'three' },
      ]);
    });
  },
);

describe.skipIf(!mayMount)('as root, who may mount: a disk that is full', () => {
  const disk = join(tmpdir(), `ds-store-disk-${process.pid}`);
  const ballast = join(disk, 'ballast');
  beforeAll(() => {
    mkdirSync(disk, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', disk]);
  });
  afterAll(() => {
    // libsql gives up its files when what it prepared is collected, not at the close.
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  /** Takes all that is free, but for so many bytes. */
  const fill = (leaving: number): void => {
    rmSync(ballast, { force: true });
    const df = execFileSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' });
    writeFileSync(ballast, Buffer.alloc(Math.max(0, Number(df.split('\n')[1]) - leaving)));
  };
  const folderOf = (name: string): string => {
    rmSync(ballast, { force: true });
    return mkdtempSync(join(disk, `${name}-`));
  };

  test.each([0, 4096, 12_288])('with %i bytes left a first start says so', async (left) => {
    const folder = folderOf(`first-${left}`);
    fill(left);
    const { store } = openStore(folder);
    await expect(store.open(notes)).rejects.toMatchObject({ code: 'DS_STORE_FULL' });
    await store.close();
    rmSync(ballast);
    const { query } = await openStore(folder).store.open<NotesTables>(notes);
    expect(await query.selectFrom('notes_note').selectAll().execute()).toEqual([]);
  });

  test('a change is kept whole or not at all', async () => {
    const folder = folderOf('change');
    const { store } = openStore(folder);
    const { change, query } = await store.open<NotesTables>(notes);
    fill(64 * 1024);
    const kept: string[] = [];
    const add = (title: string) =>
      change((tables) =>
        tables
          .insertInto('notes_note')
          .values([note(title), note(`${title} ${'x'.repeat(5000)}`)])
          .execute(),
      );
    const filling = (async () => {
      for (let index = 0; ; index++) {
        await add(`note ${index}`);
        kept.push(`note ${index}`);
      }
    })();
    await expect(filling).rejects.toMatchObject({ code: 'DS_STORE_FULL', blame: 'environment' });
    expect(kept.length).toBeGreaterThan(0);
    const count = async () => (await query.selectFrom('notes_note').select('id').execute()).length;
    expect(await count()).toBe(2 * kept.length);
    rmSync(ballast);
    await add('at last');
    expect(await count()).toBe(2 * kept.length + 2);
  });

  test('a migration does not begin where its backup does not fit', async () => {
    const folder = folderOf('migration');
    const { file, store } = openStore(folder);
    const { change } = await store.open<NotesTables>(notes);
    await change((query) =>
      query
        .insertInto('notes_note')
        .values(Array.from({ length: 50 }, (_, index) => note(`${index} ${'x'.repeat(5000)}`)))
        .execute(),
    );
    await store.close();
    const before = readFileSync(file);
    fill(128 * 1024);
    const { store: later } = openStore(folder);
    await expect(later.open(laterNotes)).rejects.toMatchObject({ code: 'DS_STORE_FULL' });
    await later.close();
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => /copy|backup/.test(name))).toEqual([]);
    rmSync(ballast);
    await openStore(folder).store.open(laterNotes);
    expect(readdirSync(folder).filter((name) => name.includes('.backup-'))).toHaveLength(1);
  });
});
