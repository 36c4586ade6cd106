import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';

import type { ProgramPlace } from '../../../../core/run/embedded-program.ts';
import program from '../../../../plugins/embedded/postgres/program.ts';
import { createPlace, type Started, startProgram } from '../place.ts';

const ready = 'database system is ready to accept connections';
const start = (place: ProgramPlace): Promise<Started> => startProgram(program, place, ready);

async function ask(place: ProgramPlace, sql: string, as: object = {}): Promise<unknown[]> {
  const port = place.ports[0]?.host ?? 0;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', ...as });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test('what is committed outlives a stop and a kill', async () => {
  const place = await createPlace(program, ['sql'], { database: 'app' });
  const app = { database: 'app' };
  const first = await start(place);
  await ask(place, 'CREATE TABLE t AS SELECT 1 AS n', app);
  expect(await first.end('SIGINT')).toEqual({ exitCode: 0, signal: null });
  const second = await start(place);
  expect(second.output()).not.toContain('not properly shut down');
  await ask(place, 'INSERT INTO t VALUES (2)', app);
  await second.end('SIGKILL');
  const third = await start(place);
  expect(third.output()).toContain('not properly shut down');
  expect(await ask(place, 'SELECT n FROM t ORDER BY n', app)).toEqual([{ n: 1 }, { n: 2 }]);
});

test('it listens on 127.0.0.1 at its port alone, whatever its settings say', async () => {
  const settings = { listen_addresses: '*', work_mem: '5MB' };
  const place = await createPlace(program, ['sql'], { settings });
  const output = (await start(place)).output();
  const port = String(place.ports[0]?.host);
  expect(output.match(/listening on .*/g)).toEqual([
    `listening on IPv4 address "127.0.0.1", port ${port}`,
  ]);
  expect(await ask(place, 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }]);
});

test('it is what it is on every system: UTF-8, code points, UTC, safe', async () => {
  const place = await createPlace(program, ['sql']);
  await start(place);
  const show = async (name: string) =>
    Object.values((await ask(place, `SHOW ${name}`))[0] ?? {})[0];
  expect(await show('server_encoding')).toBe('UTF8');
  expect(await show('TimeZone')).toBe('UTC');
  expect(await show('fsync')).toBe('on');
  expect(
    await ask(
      place,
      `SELECT lower('ÄB') AS low, string_agg(c, '' ORDER BY c) AS sorted
      FROM unnest(ARRAY['b','a','B','ä']) AS c`,
    ),
  ).toEqual([{ low: 'äb', sorted: 'Babä' }]);
});

test('another database and user later are made, and the first stay', async () => {
  const place = await createPlace(program, ['sql'], { database: 'first' });
  const one = await start(place);
  await ask(place, 'CREATE TABLE kept ()', { database: 'first' });
  await one.end('SIGINT');
  const changed = { ...place, options: { database: 'second', user: 'ada-b' } };
  await start(changed);
  const as = { user: 'ada-b', database: 'second' };
  expect(await ask(changed, 'SELECT current_user AS me', as)).toEqual([{ me: 'ada-b' }]);
  expect(await ask(changed, 'SELECT * FROM kept', { database: 'first' })).toEqual([]);
});

test('what an initdb that was killed left is made anew', async () => {
  const place = await createPlace(program, ['sql'], { database: 'app' });
  const { before, environment } = await program.resolve(place);
  const [file = '', ...args] = before?.[0] ?? [];
  const as = place.user && { uid: place.user.uid, gid: place.user.gid };
  const env = { ...process.env, ...environment };
  const child = spawn(file, args, { ...as, env, detached: true, stdio: ['ignore', 'pipe', 2] });
  for await (const text of child.stdout ?? []) if (String(text).includes('bootstrap')) break;
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child, 'exit');
  expect(readdirSync(place.dataFolder)).toEqual(['cluster.new']);
  await start(place);
  expect(await ask(place, 'SELECT 1 AS n', { database: 'app' })).toEqual([{ n: 1 }]);
  expect(readdirSync(place.dataFolder).toSorted()).toEqual(['cluster', 'made.postgres.app']);
});

test('data of another version is refused by name, and left', async () => {
  const place = await createPlace(program, ['sql']);
  const cluster = join(place.dataFolder, 'cluster');
  mkdirSync(cluster);
  writeFileSync(join(cluster, 'PG_VERSION'), '12\n');
  await expect(program.resolve(place)).rejects.toMatchObject({
    code: 'DS_EMBEDDED_VERSION_OF_FOLDER',
    facts: { kept: '12', asked: '17' },
  });
  expect(readFileSync(join(cluster, 'PG_VERSION'), 'utf8')).toBe('12\n');
});
