import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { usePostgres } from '../rig/database.ts';
import { freePorts } from '../rig/free-ports.ts';
import { createStoreCheckout, password } from '../rig/store-checkout.ts';

const list = ['permissions', 'users', 'list'];
const add = ['permissions', 'add', '--user', 'ada', '--permission', 'mail.send'];

describe('a Postgres that is not there, or not for us: exit 3, and no password in any text', () => {
  const checkout = createStoreCheckout();
  const server = usePostgres();
  const configure = (store: Record<string, string>, services?: string) =>
    checkout.configure({
      store: JSON.stringify(store),
      ...(services === undefined ? {} : { services, before: embedded }),
    });
  const embedded = `import { embeddedPostgres } from 'devservices/embedded';`;
  const serviceAt = (port: number) =>
    `{ postgres: { run: embeddedPostgres({ database: 'app' }), ports: { sql: ${port} } } }`;
  const urlAt = (port: number, database = 'postgres', secret = password) =>
    `postgres://ada:${secret}@127.0.0.1:${port}/${database}`;

  beforeAll(async () => {
    const { ask, clusterFolder } = server();
    await ask(`create role ada login password 'another'`);
    const file = join(clusterFolder, 'pg_hba.conf');
    writeFileSync(file, `host all ada 127.0.0.1/32 scram-sha-256\n${readFileSync(file, 'utf8')}`);
    await ask('select pg_reload_conf()');
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('nobody listens', async () => {
    const [port] = await freePorts(1);
    configure({ url: urlAt(port) });
    const refusal = await checkout.refusal(add);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_UNREACHABLE' });
    expect(refusal.message).toContain(`127.0.0.1:${port}/postgres`);
    expect(refusal.message).toContain('nobody listens');
    expect(refusal.hint).toContain('Check that it runs');
  });

  test('a wrong password', async () => {
    configure({ url: urlAt(server().port) });
    const refusal = await checkout.refusal(add);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_DENIED' });
    expect(refusal.message).toContain('password authentication failed for user "ada"');
    expect(refusal.hint).toContain('right password');
  });

  test('a database that is not there', async () => {
    configure({ url: `postgres://postgres@127.0.0.1:${server().port}/shopp` });
    const refusal = await checkout.refusal(add);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_UNREACHABLE' });
    expect(refusal.message).toContain('"shopp" does not exist');
  });

  test('one that accepts and says nothing is given up after five seconds', async () => {
    const { port } = await listen();
    configure({ url: urlAt(port) });
    const refusal = await checkout.refusal(list);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_UNREACHABLE' });
    expect(refusal.message).toContain('did not answer within 5 s');
  });

  test.each([
    ['of another kind', `mysql://ada:${password}@127.0.0.1/app`, 'mysql://'],
    ['with a slash in its password', `postgres://ada:${password}/#@127.0.0.1/app`, '%2F'],
    ['that is none', password, 'does not begin with postgres://'],
  ])('a URL %s is refused without being repeated', async (_, url, part) => {
    configure({ url });
    const refusal = await checkout.refusal(list);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_STORE_URL_INVALID' });
    expect(refusal.message).toContain(part);
  });

  test('a service that is not up is not asked, whoever has its port meanwhile', async () => {
    const stranger = await listen();
    configure({ service: 'postgres' }, serviceAt(stranger.port));
    for (const words of [list, add]) {
      const refusal = await checkout.refusal(words);
      expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_SERVICE_DOWN' });
      expect(refusal.message).toContain('"postgres"');
      expect(refusal.hint).toBe('Run `devservices up postgres`.');
    }
    expect(stranger.connections()).toBe(0);
  });

  test('a service that there is not is named, with the one that may be meant', async () => {
    const [port] = await freePorts(1);
    configure({ service: 'postgrse' }, serviceAt(port));
    const refusal = await checkout.refusal(list);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_SERVICE_UNKNOWN' });
    expect(refusal.message).toContain('Did you mean "postgres"?');
  });

  test('both a service and a URL', async () => {
    const [port] = await freePorts(1);
    configure({ service: 'postgres', url: urlAt(port) }, serviceAt(port));
    const refusal = await checkout.refusal(list);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_PLUGIN_OPTIONS_INVALID' });
    expect(refusal.message).toContain('exclude one another');
  });

  test('a store with a migration of a newer version stays as it is', async () => {
    const url = await server().createDatabase();
    configure({ url });
    await checkout.call('permissions', 'users', 'add', 'ada', '--superuser');
    await server().ask(
      `insert into devservices_migration values ('permissions', '9999-later', '')`,
      url,
    );
    const rows = () =>
      Promise.all(
        ['user', 'permission', 'audit', 'migration'].map((name) =>
          server().ask(`select xmin, * from devservices_${name}`, url),
        ),
      );
    const before = await rows();
    const refusal = await checkout.refusal(add);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_NEWER' });
    expect(refusal.message).toContain('"9999-later"');
    expect(await rows()).toEqual(before);
  });
});

/** A program that accepts connections and never says a word. */
async function listen(): Promise<{ port: number; connections(): number }> {
  const open = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    open.add(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}
