import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import type { StateName } from '../../../../core/events.ts';
import { createDatabase } from '../../../../plugins/store/database.ts';
import { findTarget } from '../../../../plugins/store/postgres/find-target.ts';

const serving = (exports: Record<string, string>, state: StateName = 'ready') => ({
  inspect: async () => ({ state, exports }),
});
const app = 'postgres://ada:secret@127.0.0.1:5432/app';
const replica = 'postgresql://127.0.0.1:5433/app';
const others = { PGUSER: 'ada', CACHE: 'redis://127.0.0.1', NOTE: 'see postgres://' };

test('the one Postgres URL among all that a service exports', async () => {
  const context = serving({ ...others, APP: app });
  expect(await findTarget({ service: 'postgres' }, context)).toEqual({
    url: app,
    location: '127.0.0.1:5432/app',
    service: 'postgres',
  });
});

test('a running service may be asked, whatever its readiness', async () => {
  const context = serving({ APP: app }, 'running');
  expect(await findTarget({ service: 'postgres' }, context)).toMatchObject({ url: app });
});

test('`variable` chooses among several', async () => {
  const context = serving({ ...others, APP: app, REPLICA: replica });
  const chosen = { service: 'postgres', variable: 'REPLICA' };
  expect(await findTarget(chosen, context)).toMatchObject({ url: replica });
});

test.each([
  ['several', { APP: app, REPLICA: replica }, undefined, ['APP', 'REPLICA']],
  ['none', others, undefined, []],
  ['no exports', {}, undefined, []],
  ['another than the one that is named', { ...others, APP: app }, 'PGUSER', ['APP']],
  ['one by a name that objects have', { ...others }, 'toString', []],
])('%s: their names are told, and no value', async (_, exports, variable, candidates) => {
  const target = { service: 'postgres', ...(variable !== undefined && { variable }) };
  const thrown: unknown = await findTarget(target, serving(exports)).catch((error) => error);
  expect(thrown).toMatchObject({
    code: 'DS_STORE_NO_URL',
    blame: 'user',
    facts: { candidates, exported: Object.keys(exports) },
  });
  expect(JSON.stringify([thrown, (thrown as Error).message])).not.toContain('secret');
});

test('a URL needs no service', async () => {
  const inspect = () => Promise.reject(new Error('asked'));
  expect(await findTarget({ url: app }, { inspect })).toEqual({
    url: app,
    location: '127.0.0.1:5432/app',
  });
});

test.each<StateName>(['stopped', 'starting', 'failed', 'unhealthy', 'completed'])(
  'whoever listens on the port of a service that is %s is not connected to',
  async (state) => {
    let connections = 0;
    const stranger = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void stranger.close());
    const { port } = stranger.address() as AddressInfo;
    const context = serving({ APP: `postgres://ada:secret@127.0.0.1:${port}/app` }, state);
    const database = createDatabase({
      options: { service: 'postgres' },
      context: { ...context, checkoutFolder: '/nowhere' },
    });
    const refusal = {
      code: 'DS_STORE_SERVICE_DOWN',
      blame: 'environment',
      facts: { service: 'postgres', state },
      hint: 'Run `devservices up postgres`.',
    };
    const schema = { owner: 'notes', migrations: {} };
    await expect(database.open(schema)).rejects.toMatchObject(refusal);
    await expect(database.connect({ service: 'postgres' })).rejects.toMatchObject(refusal);
    await database.close();
    // What was on its way to it is there before what comes now.
    const { connect } = await import('node:net');
    await new Promise<void>((resolve) => connect(port, '127.0.0.1').once('close', () => resolve()));
    expect(connections).toBe(1);
  },
);
