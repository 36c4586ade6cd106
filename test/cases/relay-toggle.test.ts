import type { Instance } from 'devservices/runner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDockerRunner } from '../../plugins/docker/runner/docker-runner.ts';
import { createCheckout } from '../rig/checkout.ts';
import { configure, shell, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

const database = `
  import { createServer } from 'node:net';
  createServer((socket) => socket.on('error', () => {}).end('a process\\n'))
    .listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
`;

describe.skipIf(engine === null)('who depends on what is toggled', async () => {
  if (!engine) return;
  const image = engine.images.tools;
  const checkout = createCheckout(engine);
  const runner = createDockerRunner({ engine: engine.url, env: {} });
  const [port] = await freePorts(1);
  const read = (host: string, at: string) =>
    `until nc -w 5 ${host} ${at} </dev/null | grep .; do sleep 0.1; done`;
  /** What the database says to a container and to a process that know it by their environments. */
  const ask = async (): Promise<{ container: string; process: string; ids: unknown }> => {
    const ids = await checkout.containers();
    const instance = { id: ids['client'], service: 'client' } as Instance;
    const script = ['sh', '-c', read('$DB_HOST', '$DB_PORT')];
    const inside = await runner.exec(instance, script, AbortSignal.timeout(30_000));
    const beside = await checkout.task('exec', [
      'worker',
      '--',
      process.execPath,
      '-e',
      `require('node:net').connect(process.env.DB_PORT, process.env.DB_HOST).pipe(process.stdout)`,
    ]);
    return {
      container: inside.output.trim(),
      process: beside.stdout.trim(),
      ids: { careless: ids['careless'] },
    };
  };

  beforeAll(async () => {
    checkout.write({ 'database.mjs': database });
    configure(checkout, {
      db: {
        run: {
          docker: shell(image, 'while true; do echo a container | nc -l -p 7000 -q 0; done'),
          local: { kind: 'process', command: 'node database.mjs' },
        },
        ports: { tcp: { container: 7000, host: port } },
        exports: { DB_HOST: '{host}', DB_PORT: '{port.tcp}' },
      },
      client: { run: sleeper(image), dependsOn: { db: 'ready' } },
      worker: { run: { kind: 'process', command: 'sleep 1000' }, dependsOn: { db: 'ready' } },
      careless: { run: sleeper(image) },
    });
    const made = await checkout.task('up', ['--json']);
    if (made.exitCode !== 0) throw new Error(`${made.stdout}\n${made.stderr}`);
  });
  afterAll(async () => {
    await checkout.task('down', ['--json']);
    await runner.close();
    await checkout[Symbol.asyncDispose]();
  });

  test('reaches it where it is now, container and process alike, there and back', async () => {
    const before = await ask();
    expect(before).toMatchObject({ container: 'a container', process: 'a container' });

    const there = await checkout.task('toggle', ['db', 'local', '--json']);
    expect(there).toMatchObject({ exitCode: 0 });
    const moved = await ask();
    expect(moved).toEqual({ container: 'a process', process: 'a process', ids: before.ids });

    const back = await checkout.task('toggle', ['db', 'docker', '--json']);
    expect(back).toMatchObject({ exitCode: 0 });
    expect(await ask()).toEqual(before);
  });
});
