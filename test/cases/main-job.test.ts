import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { cloneRepo } from '../rig/checkout.ts';
import { startEngineProxy } from '../rig/engine-proxy.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)(
  'the main job: `npx tsx tasks/up.ts` in a fresh checkout',
  async () => {
    if (!engine) return;
    const proxy = await startEngineProxy({ target: engine.socketPath });
    const checkout = cloneRepo({ ...engine, url: proxy.url });
    const [sql, redis, smtp, page, status] = await freePorts(5);
    const writeLocal = (database: string) =>
      checkout.write({
        'devservices.local.ts': `export default {
        services: {
          postgres: {
            run: { docker: { image: '${engine.images.postgres}', environment: { POSTGRES_DB: '${database}' } } },
            ports: { sql: { container: 5432, host: ${sql} } },
          },
          redis: {
            run: { docker: { image: '${engine.images.redis}' } },
            ports: { redis: { container: 6379, host: ${redis} } },
            autoStart: true,
          },
          mail: { ports: { smtp: ${smtp}, http: ${page} } },
          status: { ports: { http: ${status} } },
        },
      };\n`,
      });
    writeLocal('app');
    const up = (...args: string[]) => checkout.run(['npx', 'tsx', 'tasks/up.ts', ...args]);

    afterAll(async () => {
      await checkout[Symbol.asyncDispose]();
      await proxy.close();
    });

    test('SQL and PING answer on 127.0.0.1 when it returns', async () => {
      const { exitCode, stdout, stderr } = await up();
      const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('npm warn'));
      expect({ exitCode, said }).toEqual({
        exitCode: 0,
        said: ['postgres runs by "docker" in this checkout from now on.'],
      });
      expect(stdout).toContain(`127.0.0.1:${sql}`);
      expect(stdout).toContain(`127.0.0.1:${redis}`);
      expect(await queryOnce(sql, 'select current_database() as name')).toEqual([{ name: 'app' }]);
      expect(await pingOnce(redis)).toBe('+PONG\r\n');
    });

    test('a second one finds both unchanged, with one ping and one list call to the engine', async () => {
      const before = await checkout.containers();
      proxy.reset();
      const { exitCode, finished } = await up('--json');
      expect(exitCode).toBe(0);
      expect(finished.services['postgres']).toMatchObject({ state: 'ready', action: 'unchanged' });
      expect(finished.services['redis']).toMatchObject({ state: 'ready', action: 'unchanged' });
      const asked = proxy.requests.map(({ method, path }) => `${method} ${path}`);
      // Podman's list tells neither health nor that an image's name has moved.
      const more = [
        'GET /v4.0.0/libpod/containers/json',
        `GET /images/${engine.images.postgres}/json`,
        `GET /images/${engine.images.redis}/json`,
      ];
      expect(asked.toSorted()).toEqual(
        ['GET /_ping', 'GET /containers/json', ...(engine.isPodman ? more : [])].toSorted(),
      );
      expect(await checkout.containers()).toEqual(before);
    });

    test('a changed environment value makes that service anew, and names the field', async () => {
      const before = await checkout.containers();
      writeLocal('other');
      const { exitCode, finished } = await up('--json');
      expect(exitCode).toBe(0);
      expect(finished.services['postgres']).toMatchObject({
        state: 'ready',
        action: 'recreated',
        reason: { code: 'changed', text: 'environment.POSTGRES_DB changed' },
      });
      expect(finished.services['redis']).toMatchObject({ action: 'unchanged' });
      const after = await checkout.containers();
      expect(after['redis']).toBe(before['redis']);
      expect(after['postgres']).not.toBe(before['postgres']);
    });

    test('`down` leaves the data, and nothing else', async () => {
      await queryOnce(sql, 'create table kept as select 1 as one');
      expect((await checkout.run(['npx', 'tsx', 'tasks/down.ts'])).exitCode).toBe(0);
      expect(await checkout.containers()).toEqual({});
      expect((await up()).exitCode).toBe(0);
      expect(await queryOnce(sql, 'select one from kept')).toEqual([{ one: 1 }]);
    });
  },
);

async function queryOnce(port: number, text: string): Promise<unknown[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'app' });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

function pingOnce(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => {
      resolve(answer.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
