import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

import type { Schema } from '../../../../plugins/store/contract.ts';
import { openPostgres } from '../../../../plugins/store/postgres/open-postgres.ts';
import { usePostgres } from '../../../rig/database.ts';
import { laterNotes, notes, type NotesTables, openStore } from '../notes.ts';

const server = usePostgres();
const open = (url: string) => openStore(undefined, { url }).store;

/** Every table of a database, with its columns and how many rows it has; and which migrations it knows. */
async function look(url: string): Promise<unknown> {
  const columns = await server().ask(
    `select table_name, column_name, data_type from information_schema.columns
     where table_schema = 'public' order by 1, ordinal_position`,
    url,
  );
  const tables = [...new Set(columns.map(({ table_name: name }) => String(name)))];
  const rows = await Promise.all(
    tables.map((name) => server().ask(`select * from "${name}" order by 1`, url)),
  );
  return { columns, rows };
}

test('processes that open a store at once migrate it once, and then end by themselves', async () => {
  const url = await server().createDatabase();
  const children = Array.from({ length: 4 }, () => {
    const child = fork(fileURLToPath(new URL('migrating-process.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  });
  await Promise.all(children.map((child) => once(child, 'message')));
  const answers = children.map(async (child) => {
    const ended = once(child, 'exit');
    const [answer] = (await once(child, 'message')) as [string];
    return [answer, ...((await ended) as unknown[])];
  });
  for (const child of children) child.send(url);
  expect(await Promise.all(answers)).toEqual(children.map(() => ['open', 0, null]));
  const made = await server().ask('select title from notes_note', url);
  expect(made).toHaveLength(1);
  expect(children.map(({ pid }) => String(pid))).toContain(made[0]?.['title']);
  expect(await server().ask('select name from devservices_migration order by name', url)).toEqual([
    { name: '0001-notes' },
    { name: '0002-first' },
  ]);
});

test('who would migrate waits while another does', async () => {
  const url = await server().createDatabase();
  const [first, second] = [await openPostgres({ url }), await openPostgres({ url })];
  onTestFinished(async () => {
    await Promise.all([first.close(), second.close()]);
  });
  const order: string[] = [];
  const waiting = `select pid from pg_locks where locktype = 'advisory' and not granted`;
  let other: Promise<unknown> | undefined;
  await first.migrate(async () => {
    order.push('first begins');
    other = second.migrate(async () => order.push('second begins'));
    await expect.poll(() => server().ask(waiting)).toHaveLength(1);
    order.push('first ends');
  });
  await other;
  expect(order).toEqual(['first begins', 'first ends', 'second begins']);
});

test('a migration that fails leaves nothing, not even the table of migrations', async () => {
  const url = await server().createDatabase();
  const failing: Schema = {
    owner: 'notes',
    migrations: {
      ...laterNotes.migrations,
      '0003-broken': (query) => query.schema.dropTable('nowhere').execute(),
    },
  };
  await expect(open(url).open(failing)).rejects.toMatchObject({
    code: 'DS_STORE_MIGRATION_FAILED',
    blame: 'plugin',
    message: expect.stringMatching(
      /"0003-broken" of plugin "notes" failed on 127\.0\.0\.1:\d+\/[\w-]+: table "nowhere" does not exist\. Nothing/,
    ),
  });
  expect(await look(url)).toEqual({ columns: [], rows: [] });
  // What failed is tried again, by a version that can.
  await open(url).open(laterNotes);
  expect(await look(url)).not.toEqual({ columns: [], rows: [] });
});

test('a migration whose server is killed leaves nothing', async () => {
  const url = await server().createDatabase();
  const killed: Schema = {
    owner: 'notes',
    migrations: {
      ...notes.migrations,
      '0002-killed': async (query) => {
        await server().end('SIGKILL');
        await query.schema.createTable('never').execute();
      },
    },
  };
  await expect(open(url).open(killed)).rejects.toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: 'it ended the connection' },
  });
  await server().start();
  expect(await look(url)).toEqual({ columns: [], rows: [] });
});

test('a store of a newer version is refused, and nothing in it is changed', async () => {
  const url = await server().createDatabase();
  const { change } = await open(url).open<NotesTables>(laterNotes);
  await change((query) =>
    query.insertInto('notes_note').values({ title: 'kept', is_done: true }).execute(),
  );
  const before = await look(url);
  const another: Schema = {
    owner: 'notes',
    migrations: {
      ...notes.migrations,
      '0003-other': (query) => query.schema.createTable('never').execute(),
    },
  };
  for (const older of [notes, another]) {
    await expect(open(url).open(older)).rejects.toMatchObject({
      code: 'DS_STORE_NEWER',
      blame: 'environment',
      message: expect.stringContaining('"0002-tags" of plugin "notes"'),
    });
  }
  expect(await look(url)).toEqual(before);
});

test('a store that is up to date is opened by who may only read', async () => {
  const url = await server().createDatabase();
  await open(url).open(notes);
  await server().ask('alter role postgres set default_transaction_read_only = on');
  onTestFinished(async () => {
    await server().ask('set transaction read write; alter role postgres reset all');
  });
  const { query } = await open(url).open<NotesTables>(notes);
  expect(await query.selectFrom('notes_note').selectAll().execute()).toEqual([]);
  await expect(open(url).open(laterNotes)).rejects.toMatchObject({ code: 'DS_STORE_READONLY' });
});
