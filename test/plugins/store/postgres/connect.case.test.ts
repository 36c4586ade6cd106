import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { sql } from 'kysely';
import { beforeAll, expect, onTestFinished, test } from 'vitest';

import type { DevServicesError } from '../../../../core/errors/error.ts';
import { openPostgres } from '../../../../plugins/store/postgres/open-postgres.ts';
import { usePostgres } from '../../../rig/database.ts';
import { freePorts } from '../../../rig/free-ports.ts';

const server = usePostgres();
const password = 'hunter2-of-ada';

beforeAll(async () => {
  const { clusterFolder, ask } = server();
  await ask(`create role ada login password '${password}'`);
  await ask('create role lonely login connection limit 1');
  const file = join(clusterFolder, 'pg_hba.conf');
  writeFileSync(file, `host all ada 127.0.0.1/32 scram-sha-256\n${readFileSync(file, 'utf8')}`);
  await server().end('SIGINT');
  await server().start();
});

/** What a query of a store with that URL throws; nothing of it has the password in it. */
async function refusalOf(url: string, text = 'select 1'): Promise<DevServicesError> {
  const driver = await openPostgres({ url });
  onTestFinished(() => driver.close());
  const thrown = await sql
    .raw(text)
    .execute(driver.query)
    .then(
      () => undefined,
      (error: unknown) => error as DevServicesError,
    );
  expect(inspect(thrown, { depth: 20 })).not.toContain(password);
  expect(thrown?.blame).toBe('environment');
  expect(thrown?.message).toContain(driver.location);
  return thrown as DevServicesError;
}

const urlAt = (port: number, user = `ada:${password}`, database = 'postgres') =>
  `postgres://${user}@127.0.0.1:${port}/${database}`;

test('with the right password it lets us in', async () => {
  const driver = await openPostgres({ url: urlAt(server().port) });
  onTestFinished(() => driver.close());
  const { rows } = await sql`select current_user as me`.execute(driver.query);
  expect(rows).toEqual([{ me: 'ada' }]);
});

test.each([
  ['another password', 'ada:wrong', 'password authentication failed for user "ada"'],
  ['no password', 'ada', 'it asks for a password, and the URL has none'],
  ['a user that is not there', 'eve', 'role "eve" does not exist'],
])('with %s it does not', async (_, user, reason) => {
  expect(await refusalOf(urlAt(server().port, user))).toMatchObject({
    code: 'DS_STORE_DENIED',
    facts: { reason },
  });
});

test('a table that is not for this user', async () => {
  await server().ask('create table closed ()');
  expect(await refusalOf(urlAt(server().port), 'select * from closed')).toMatchObject({
    code: 'DS_STORE_DENIED',
    facts: { reason: 'permission denied for table closed' },
  });
});

test('a database that is not there is named', async () => {
  expect(await refusalOf(urlAt(server().port, undefined, 'shopp'))).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: 'database "shopp" does not exist' },
  });
});

test('one that takes no changes just now', async () => {
  const url = await server().createDatabase();
  const name = new URL(url).pathname.slice(1);
  await server().ask(`alter database "${name}" set default_transaction_read_only = on`);
  expect(await refusalOf(url, 'create table note ()')).toMatchObject({
    code: 'DS_STORE_READONLY',
    facts: { reason: 'cannot execute CREATE TABLE in a read-only transaction' },
  });
});

test('one with no connection left', async () => {
  const url = urlAt(server().port, 'lonely');
  const first = await openPostgres({ url });
  onTestFinished(() => first.close());
  await sql`select 1`.execute(first.query);
  expect(await refusalOf(url)).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: {
      reason: 'all of its connections are taken (too many connections for role "lonely")',
    },
  });
});

test('nobody there', async () => {
  const [port] = await freePorts(1);
  expect(await refusalOf(urlAt(port))).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: 'nobody listens there' },
  });
});

test('no host of that name', async () => {
  expect(await refusalOf(`postgres://ada:${password}@shop.invalid/app`)).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { store: 'shop.invalid:5432/app', reason: expect.stringMatching(/name/) },
  });
});

test('one that is starting', async () => {
  const port = await listen(
    createServer((socket) => {
      socket.once('data', () => socket.end(fatal('57P03', 'the database system is starting up')));
    }),
  );
  expect(await refusalOf(urlAt(port))).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: 'the database system is starting up' },
  });
});

test('one that says nothing is waited for no longer than 5 s', async () => {
  const port = await listen(createServer(() => {}));
  expect(await refusalOf(urlAt(port))).toMatchObject({
    code: 'DS_STORE_UNREACHABLE',
    facts: { reason: 'it did not answer within 5 s' },
  });
});

test.each([
  ['an HTTP server', () => createHttpServer() as Server],
  ['what hangs up', () => createServer((socket) => socket.destroy())],
  ['what sends noise', () => createServer((socket) => socket.end(Buffer.alloc(64, 7)))],
])('%s is no Postgres', async (_, create) => {
  const port = await listen(create());
  expect(await refusalOf(urlAt(port))).toMatchObject({ code: 'DS_STORE_UNREACHABLE' });
});

/** The message by which a Postgres refuses whoever connects. */
function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

async function listen(listener: Server): Promise<number> {
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return (listener.address() as AddressInfo).port;
}
