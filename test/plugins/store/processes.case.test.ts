import { copyFileSync, mkdirSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, systemClock } from '../../../core/machine.ts';
import { eachStore } from '../../rig/database.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';
import { openStore } from './notes.ts';
import { bundleStore, type StorePlace, startStoreProcess } from './store-process.ts';

interface CountTables {
  count_now: { n: number };
  count_log: { n: number };
  count_check: { n: number };
}

// As text: it goes to other processes.
const counting = `{
  owner: 'count',
  migrations: {
    '0001-tables': async (query) => {
      for (const name of ['count_now', 'count_log', 'count_check']) {
        await query.schema.createTable(name).addColumn('n', 'integer', (n) => n.notNull()).execute();
      }
      await query.insertInto('count_now').values({ n: 0 }).execute();
    },
  },
}`;
const schema = { owner: 'count', migrations: { '0001-tables': () => Promise.resolve() } };

// Reads, decides by what it read, and writes in two places.
const count = (times: number) => `
  const { change } = await store.open(${counting});
  for (let time = 0; time < ${times}; time++) {
    await change(async (query) => {
      const { n } = await query
        .updateTable('count_now').set((row) => ({ n: row('n', '+', 1) })).returning('n')
        .executeTakeFirstOrThrow();
      await query.insertInto('count_log').values({ n }).execute();
      await query.insertInto('count_check').values({ n }).execute();
    });
    say('counted');
  }
`;

eachStore((createStore) => {
  const place = async (): Promise<StorePlace> => ({
    folder: createTempFolder(),
    options: (await createStore()).options,
  });

  test('twenty processes open a store that is not there: each owner’s tables are made once', async () => {
    const where = await place();
    const openBoth = `
      await store.open(${counting});
      const { query, sql } = await store.open({
        owner: 'once',
        migrations: { '0001-once': (query) => query.schema.createTable('once_once').addColumn('n', 'integer').execute() },
      });
      const { rows } = await sql\`select owner, name from devservices_migration order by owner\`.execute(query);
      say(JSON.stringify(rows));
    `;
    const processes = await Promise.all(
      Array.from({ length: 20 }, () => startStoreProcess(where, openBoth)),
    );
    for (const one of processes) one.go();
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual(
      processes.map(() => 'done'),
    );
    const rows = [
      { owner: 'count', name: '0001-tables' },
      { owner: 'once', name: '0001-once' },
    ];
    expect(processes.map(({ lines }) => JSON.parse(lines[1] as string) as unknown)).toEqual(
      processes.map(() => rows),
    );
    // What was made once was copied once at most, before the second owner came.
    expect(
      readdirSync(where.folder).filter((name) => name.includes('.backup-')).length,
    ).toBeLessThanOrEqual(1);
  });

  test('what several processes count at once is counted, while others read', async () => {
    const where = await place();
    const read = `
      const { query } = await store.open(${counting});
      for (;;) {
        const { logged, checked } = await query
          .selectFrom('count_now')
          .select((row) => [
            row.selectFrom('count_log').select((all) => all.fn.countAll().as('n')).as('logged'),
            row.selectFrom('count_check').select((all) => all.fn.countAll().as('n')).as('checked'),
          ])
          .executeTakeFirstOrThrow();
        if (Number(logged) !== Number(checked)) throw new Error(logged + ' and ' + checked);
        if (Number(logged) === 150) break;
      }
    `;
    const processes = await Promise.all([
      ...Array.from({ length: 6 }, () => startStoreProcess(where, count(25))),
      ...Array.from({ length: 2 }, () => startStoreProcess(where, read)),
    ]);
    for (const one of processes) one.go();
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual(
      processes.map(() => 'done'),
    );
    const { query } = await openStore(where.folder, where.options).store.open<CountTables>(schema);
    const log = await query.selectFrom('count_log').select('n').orderBy('n').execute();
    expect(log.map(({ n }) => n)).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
  });

  test('who is killed while writing leaves whole changes, and the next goes on', async () => {
    const where = await place();
    let said = 0;
    for (const lines of [2, 3, 5, 8, 13, 21]) {
      const one = await startStoreProcess(where, count(1000));
      one.go();
      await one.printed(lines);
      one.kill();
      expect(await one.ended).toBe('SIGKILL');
      said += one.lines.filter((line) => line === 'counted').length;
      const { store } = openStore(where.folder, where.options);
      const { query } = await store.open<CountTables>(schema);
      const log = await query.selectFrom('count_log').select('n').orderBy('n').execute();
      const check = await query.selectFrom('count_check').select('n').orderBy('n').execute();
      const now = await query.selectFrom('count_now').select('n').executeTakeFirstOrThrow();
      expect(log).toEqual(Array.from({ length: now.n }, (_, index) => ({ n: index + 1 })));
      expect(check).toEqual(log);
      // What was said to be done was done, also without a goodbye.
      expect(now.n).toBeGreaterThanOrEqual(said);
      await store.close();
    }
  });
});

test('a first start that is killed at any moment is finished by the next', async () => {
  const root = createTempFolder();
  for (const [index, name] of ['store.lock', 'store.sqlite.new', 'store.sqlite', ''].entries()) {
    const folder = join(root, `checkout-${index}`);
    mkdirSync(folder, { mode: 0o700 });
    const one = await startStoreProcess({ folder }, count(1));
    const seen = new Promise<void>((resolve) => {
      const watched = watch(folder, (_event, file) => {
        if (!file?.startsWith(name)) return;
        watched.close();
        one.kill();
        resolve();
      });
    });
    one.go();
    await seen;
    await one.ended;
    const next = await startStoreProcess({ folder }, count(1));
    next.go();
    expect(await next.ended).toBe('done');
    expect(readdirSync(folder).filter((file) => /^store\.lock$|new|copy/.test(file))).toEqual([]);
  }
});

test('where the packages of the databases are not installed, that is said', async () => {
  const bundle = join(createTempFolder(), 'store.mjs');
  copyFileSync(await bundleStore(), bundle);
  for (const [options, name] of [
    [{}, 'libsql'],
    [{ url: 'postgres://127.0.0.1:1/none' }, 'pg'],
  ] as const) {
    const folder = createTempFolder();
    const one = await startStoreProcess(
      { folder, options, bundle },
      `await store.open(${counting}).catch((error) => { say(error.message); throw error; });`,
    );
    one.go();
    expect(await one.ended).toBe('DS_STORE_DRIVER_MISSING');
    expect(one.lines[1]).toContain(`${name} could not be loaded on ${process.platform}`);
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('who finds a store being made by one that hangs waits, and then says so', async () => {
  const folder = createTempFolder();
  const lock = await acquireLock({
    path: join(folder, 'store.lock'),
    task: 'hang',
    clock: systemClock,
  });
  const one = await startStoreProcess({ folder }, count(1));
  one.go();
  expect(await one.ended).toBe('DS_STORE_BUSY');
  lock.release();
  const next = await startStoreProcess({ folder }, count(1));
  next.go();
  expect(await next.ended).toBe('done');
});
