import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

import type { Schema } from '../../plugins/store/contract.ts';
import { eachStore, usePostgres } from './database.ts';

interface Tables {
  note: { text: string };
}

const schema: Schema = {
  owner: 'notes',
  migrations: {
    '0001-notes': (query) => query.schema.createTable('note').addColumn('text', 'text').execute(),
  },
};

eachStore((createStore, dialect) => {
  test('each test has an empty store of its own, opened as often as it likes', async () => {
    const [one, two] = [await createStore(), await createStore()];
    expect([one.dialect, two.dialect]).toEqual([dialect, dialect]);
    const first = await one.open().open<Tables>(schema);
    await first.change((query) => query.insertInto('note').values({ text: 'kept' }).execute());
    const again = await one.open().open<Tables>(schema);
    const other = await two.open().open<Tables>(schema);
    const textsIn = async ({ query }: typeof other) =>
      (await query.selectFrom('note').selectAll().execute()).map(({ text }) => text);
    expect(await textsIn(again)).toEqual(['kept']);
    expect(await textsIn(other)).toEqual([]);
  });
});

const server = usePostgres();

test('what was committed is there after a stop and after a crash', async () => {
  const url = await server().createDatabase();
  await server().ask('create table kept as select 1 as n', url);
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    await server().end(signal);
    await server().start();
    expect(await server().ask('select n from kept', url)).toEqual([{ n: 1 }]);
  }
});

test('a server does not outlive the process that started it, nor do its files', async () => {
  const module = join(import.meta.dirname, 'postgres-server.ts');
  const script = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    const { port, clusterFolder } = await startPostgres();
    console.log(clusterFolder);
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [folder] = (await once(createInterface(child.stdout), 'line')) as [string];
  const pid = execFileSync('head', ['-n1', join(folder, 'postmaster.pid')], { encoding: 'utf8' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false);
  expect(existsSync(`/proc/${pid.trim()}`)).toBe(false);
});
