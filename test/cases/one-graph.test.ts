import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import {
  createProcessCheckout,
  idle,
  nothing,
  type ProcessCheckout,
  server,
} from '../rig/process-checkout.ts';

const engine = await ensureEngine();

// What a Postgres answers with when it is asked for an encrypted connection: N, as it has none.
const asks = `
  const { hostname, port } = new URL(process.env.DATABASE_URL);
  const socket = require('node:net').connect(port, hostname, () => socket.write(Buffer.from('0000000804d2162f', 'hex')));
  socket.on('data', (said) => { console.log('it said ' + said); socket.destroy(); });
  socket.on('error', (error) => { console.log(error.message); process.exit(1); });`;

describe.skipIf(engine === null)('containers and processes in one graph', async () => {
  if (!engine) return;
  const checkout: ProcessCheckout = createProcessCheckout(engine);
  const [port] = await freePorts(1);
  const migrate = { kind: 'process', command: [process.execPath, '-e', asks] };
  const services = ({ greeting = '' }: { greeting?: string } = {}) => ({
    db: {
      run: {
        kind: 'container',
        image: engine.images.postgres,
        environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
      },
      ports: { sql: { container: 5432, host: 'auto' } },
      ready: { kind: 'command', command: ['pg_isready', '-U', 'postgres', '-h', '127.0.0.1'] },
      exports: { DATABASE_URL: 'postgres://postgres@{address.sql}/postgres' },
    },
    migrate: { run: migrate, dependsOn: ['db'] },
    api: {
      run: server({ environment: { GREETING: greeting } }),
      ports: { http: port },
      dependsOn: { migrate: 'completed', db: 'ready' },
    },
    worker: { run: idle, dependsOn: ['api'] },
  });

  afterEach(() => checkout.task('reset', ['--yes']));
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('each is started by the event that it waits for, with nothing between', async () => {
    checkout.configure(services());
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(finished.services).toMatchObject({
      db: { state: 'ready', runner: 'docker' },
      migrate: { state: 'completed', runner: 'local' },
      api: { state: 'ready' },
      worker: { state: 'ready' },
    });
    const journal = checkout.journal();
    const after = (line: string) => journal[journal.indexOf(line) + 1];
    expect([after('db ready'), after('migrate completed'), after('api ready')]).toEqual([
      'migrate starting',
      'api starting',
      'worker starting',
    ]);
    // The process was in the container's database, at the address that was exported to it.
    expect((await checkout.task('logs', ['migrate'])).stdout).toBe('migrate | it said N\n');
  });

  test('a second `up` leaves both kinds as they are, and a change makes its own anew', async () => {
    checkout.configure(services());
    await checkout.task('up');
    const before = { pids: checkout.pids(), containers: await checkout.containers() };
    const again = await checkout.task('up', ['--json']);
    expect(Object.values(again.finished.services).map(({ action }) => action)).toEqual(
      Array.from({ length: 4 }, () => 'unchanged'),
    );
    expect({ pids: checkout.pids(), containers: await checkout.containers() }).toEqual(before);

    checkout.configure(services({ greeting: 'hello' }));
    await checkout.task('up');
    expect(await checkout.containers()).toEqual(before.containers);
    expect(checkout.pids()['worker']).toBe(before.pids['worker']);
    expect(checkout.pids()['api']).not.toBe(before.pids['api']);
  });

  test('`down` takes both kinds down', async () => {
    checkout.configure(services());
    await checkout.task('up');
    const { exitCode, finished } = await checkout.task('down', ['--json']);
    expect({ exitCode, services: finished.services }).toMatchObject({
      exitCode: 0,
      services: { db: { state: 'stopped' }, api: { state: 'stopped' } },
    });
    expect({ left: checkout.left(), containers: await checkout.containers() }).toEqual({
      left: nothing,
      containers: {},
    });
  });
});
