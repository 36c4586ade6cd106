import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';

import type { Driver } from '../../../../plugins/store/driver.ts';
import { openPostgres } from '../../../../plugins/store/postgres/open-postgres.ts';
import { usePostgres } from '../../../rig/database.ts';

const server = usePostgres();

async function open(url: string): Promise<Driver> {
  const driver = await openPostgres({ url });
  onTestFinished(() => driver.close());
  return driver;
}

/** A database with notes 1 and 2, both of them empty. */
async function createNotes(): Promise<string> {
  const url = await server().createDatabase();
  await server().ask(
    `create table note (id int primary key, text text not null default '');
     insert into note values (1), (2)`,
    url,
  );
  return url;
}

const notes = (url: string) => server().ask('select id, text from note order by id', url);
const write = (id: number, text: string) => sql`update note set text = ${text} where id = ${id}`;

test('the first query connects, as devservices, and nothing before it', async () => {
  const url = await server().createDatabase();
  const connected = async () =>
    (
      await server().ask(
        `select application_name as name from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`,
      )
    ).map(({ name }) => name);
  const driver = await open(url);
  expect(await connected()).toEqual([]);
  await sql`select 1`.execute(driver.query);
  expect(await connected()).toEqual(['devservices']);
});

test('a connection that nobody uses keeps no process alive', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
  const url = await server().createDatabase();
  const { query } = await open(url);
  const before = sockets().length;
  await sql`select 1`.execute(query);
  expect(sockets().length).toBeLessThanOrEqual(before);
});

test('a count is a number, as on SQLite; what no number can hold is its digits', async () => {
  const { query } = await open(await server().createDatabase());
  const { rows } = await sql`
    select count(*) as one, 9007199254740993 as many, -9007199254740991 as few`.execute(query);
  expect(rows).toEqual([{ one: 1, many: '9007199254740993', few: -9_007_199_254_740_991 }]);
});

test('a boolean may be written to a boolean and to an integer, as on SQLite', async () => {
  const { query } = await open(await server().createDatabase());
  await sql`create table flag (real boolean, counted int)`.execute(query);
  await sql`insert into flag values (${true}, ${true}), (${false}, ${false})`.execute(query);
  const { rows } = await sql`select * from flag where real = ${true}`.execute(query);
  expect(rows).toEqual([{ real: true, counted: 1 }]);
});

test('one of 30,000 texts, whatever is in them, is one parameter', async () => {
  const url = await server().createDatabase();
  const odd = ['', "'", '"', '{a,b}', '\\', 'NULL', '%', '$1', '--', 'é', '🙂', 'a\nb'];
  const { query, isOneOf } = await open(url);
  await sql`create table word (text text)`.execute(query);
  await sql`insert into word select unnest(${[...odd, 'other']}::text[])`.execute(query);
  const texts = [...Array.from({ length: 30_000 }, (_, at) => `text ${at}`), ...odd];
  const found = sql<{ text: string }>`select text from word where ${isOneOf('word.text', texts)}`;
  expect(found.compile(query).parameters).toEqual([texts]);
  const { rows } = await found.execute(query);
  expect(rows.map(({ text }) => text).toSorted()).toEqual(odd.toSorted());
  const none = await sql`select text from word where ${isOneOf('text', [])}`.execute(query);
  expect(none.rows).toEqual([]);
});

test('a change that throws has changed nothing, and throws what it threw', async () => {
  const url = await createNotes();
  const driver = await open(url);
  const thrown = new Error('no');
  const changing = driver.change(async (query) => {
    await write(1, 'changed').execute(query);
    throw thrown;
  });
  await expect(changing).rejects.toBe(thrown);
  expect(await notes(url)).toEqual([
    { id: 1, text: '' },
    { id: 2, text: '' },
  ]);
});

test('a change that hides that a statement failed is not said to be made', async () => {
  const url = await createNotes();
  const driver = await open(url);
  const changing = driver.change(async (query) => {
    await write(1, 'changed').execute(query);
    await sql`insert into note values (2)`.execute(query).catch(() => {});
  });
  await expect(changing).rejects.toMatchObject({ code: '23505', constraint: 'note_pkey' });
  expect(await notes(url)).toContainEqual({ id: 1, text: '' });
});

test('statements of a change may be asked for at once', async () => {
  const url = await createNotes();
  const driver = await open(url);
  await driver.change((query) =>
    Promise.all([1, 2].map((id) => write(id, 'changed').execute(query))),
  );
  expect(await notes(url)).toEqual([1, 2].map((id) => ({ id, text: 'changed' })));
});

test('twenty changes of one row at once are all made', async () => {
  const url = await createNotes();
  const driver = await open(url);
  await Promise.all(
    Array.from({ length: 20 }, () =>
      driver.change((query) => sql`update note set text = text || 'x' where id = 1`.execute(query)),
    ),
  );
  expect(await notes(url)).toContainEqual({ id: 1, text: 'x'.repeat(20) });
});

test('two changes that wait for each other are both made: one begins anew', async () => {
  const url = await createNotes();
  const driver = await open(url);
  let begun = 0;
  let meet = () => {};
  const met = new Promise<void>((resolve) => (meet = resolve));
  const change = (first: number, second: number) =>
    driver.change(async (query) => {
      await sql`update note set text = text || 'x' where id = ${first}`.execute(query);
      if (++begun === 2) meet();
      await met;
      await sql`update note set text = text || 'x' where id = ${second}`.execute(query);
    });
  await Promise.all([change(1, 2), change(2, 1)]);
  expect(begun).toBe(3);
  expect(await notes(url)).toEqual([1, 2].map((id) => ({ id, text: 'xx' })));
});

test('a server that was restarted is connected to again', async () => {
  const url = await createNotes();
  const driver = await open(url);
  await driver.change((query) => write(1, 'before').execute(query));
  await server().end('SIGINT');
  await expect(driver.change((query) => write(1, 'never').execute(query))).rejects.toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: 'nobody listens there' },
  });
  await server().start();
  await driver.change((query) => write(2, 'after').execute(query));
  expect(await notes(url)).toEqual([
    { id: 1, text: 'before' },
    { id: 2, text: 'after' },
  ]);
});

test('a change begins anew where its connection had ended before it, unnoticed', async () => {
  const url = await createNotes();
  const driver = await open(url);
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(driver.query);
  const pid = rows[0]?.pid ?? 0;
  process.kill(pid, 'SIGTERM');
  // Awaiting anything would let this process look at its sockets.
  while (existsSync(`/proc/${pid}`));
  await driver.change((query) => write(1, 'changed').execute(query));
  expect(await notes(url)).toContainEqual({ id: 1, text: 'changed' });
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'a server that ends by %s in the middle of a change has made nothing of it',
  async (signal) => {
    const url = await createNotes();
    const driver = await open(url);
    const changing = driver.change(async (query) => {
      await write(1, 'changed').execute(query);
      await server().end(signal);
      await write(2, 'changed').execute(query);
    });
    await expect(changing).rejects.toMatchObject({
      code: 'DS_STORE_UNREACHABLE',
      blame: 'environment',
      facts: { reason: 'it ended the connection' },
    });
    await server().start();
    expect(await notes(url)).toContainEqual({ id: 1, text: '' });
    await driver.change((query) => write(1, 'again').execute(query));
    expect(await notes(url)).toContainEqual({ id: 1, text: 'again' });
  },
);

test('a connection that is lost while a change is made final: nobody says that it was not', async () => {
  const url = await createNotes();
  await server().ask(
    `create function linger() returns trigger language plpgsql as
       $$ begin perform pg_sleep(60); return null; end $$;
     create constraint trigger late after update on note deferrable initially deferred
       for each row execute function linger()`,
    url,
  );
  const driver = await open(url);
  const changing = driver.change((query) => write(1, 'changed').execute(query));
  const refusal = changing.catch((error: unknown) => error);
  const committing = `select pid from pg_stat_activity where query = 'commit' and wait_event = 'PgSleep'`;
  await expect.poll(() => server().ask(committing)).toHaveLength(1);
  await server().end('SIGKILL');
  expect(await refusal).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: expect.stringContaining('see whether it was made') },
  });
  await server().start();
});

test('closing ends what a server does not end', async () => {
  const url = await server().createDatabase();
  const driver = await open(url);
  const asking = sql`select pg_sleep(600)`.execute(driver.query);
  const refusal = asking.catch((error: unknown) => error);
  const sleeping = `select pid from pg_stat_activity where wait_event = 'PgSleep'`;
  await expect.poll(() => server().ask(sleeping)).toHaveLength(1);
  await driver.close();
  expect(await refusal).toMatchObject({ code: 'DS_STORE_UNREACHABLE' });
  await driver.close();
});
