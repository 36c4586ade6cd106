import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

import { eachStore, usePostgres } from './database.ts';

eachStore((createStore, dialect) => {
  test('each test has an empty store of its own', async () => {
    const [one, two] = [await createStore(), await createStore()];
    expect([one.dialect, two.dialect]).toEqual([dialect, dialect]);
    expect(one.place).not.toBe(two.place);
    expect(existsSync(one.place)).toBe(false);
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
