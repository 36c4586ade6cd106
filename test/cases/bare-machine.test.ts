import { afterAll, describe, expect, test } from 'vitest';
import { askPostgres } from '../rig/ask-postgres.ts';
import { cloneRepo } from '../rig/checkout.ts';
import { freePorts } from '../rig/free-ports.ts';
import { removeKeptFolders } from '../rig/kept-folders.ts';

describe('`npx tsx tasks/up.ts` in a fresh clone on a machine without an engine', async () => {
  const checkout = cloneRepo(null);
  const [sql, smtp, page, status] = await freePorts(4);
  checkout.write({
    'devservices.local.ts': `export default {
      services: {
        postgres: { ports: { sql: { container: 5432, host: ${sql} } } },
        mail: { ports: { smtp: ${smtp}, http: ${page} } },
        status: { ports: { http: ${status} } },
      },
    };\n`,
  });
  const run = (task: string, ...args: string[]) =>
    checkout.run(['npx', 'tsx', `tasks/${task}.ts`, ...args]);

  afterAll(async () => {
    removeKeptFolders(checkout.stateHome);
    await checkout[Symbol.asyncDispose]();
  });

  test('everything is ready when it returns: SQL answers, and the process that needs it', async () => {
    const { exitCode, stderr, finished } = await run('up', '--json');
    expect({ exitCode, errors: finished.errors }, stderr).toEqual({ exitCode: 0, errors: [] });
    expect(finished.services).toMatchObject({
      postgres: { state: 'ready', runner: 'local' },
      mail: { state: 'ready' },
      status: { state: 'ready' },
    });
    expect(await askPostgres({ port: sql }, 'select current_database() as name')).toEqual([
      { name: 'app' },
    ]);
    const said = await fetch(`http://127.0.0.1:${status}/`);
    expect([said.status, await said.text()]).toEqual([
      200,
      expect.stringMatching(/^postgres: version 17\.\d+\nmail: 0 mails\n$/),
    ]);
  });

  test('a second one finds all of it unchanged', async () => {
    const { exitCode, finished } = await run('up', '--json');
    expect(exitCode).toBe(0);
    expect(finished.services).toMatchObject({
      postgres: { action: 'unchanged' },
      mail: { action: 'unchanged' },
      status: { action: 'unchanged' },
      redis: { action: 'skipped' },
    });
  });

  test('`down` and `up` keep the rows', async () => {
    await askPostgres({ port: sql }, 'create table kept as select 1 as one');
    expect(await run('down')).toMatchObject({ exitCode: 0 });
    await expect(askPostgres({ port: sql }, 'select 1')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    expect(await run('up')).toMatchObject({ exitCode: 0 });
    expect(await askPostgres({ port: sql }, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('what needs an engine is said when it is asked for, and the rest is left alone', async () => {
    const { exitCode, finished } = await run('up', 'redis', '--json');
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([{ code: 'DS_DOCKER_UNREACHABLE' }]);
    expect(await askPostgres({ port: sql }, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('`reset` lets go of everything', async () => {
    const { exitCode, stderr } = await run('reset', '--yes');
    expect(exitCode, stderr).toBe(0);
    expect(await run('status')).toMatchObject({ exitCode: 0 });
  });
});
