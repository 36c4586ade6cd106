import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from 'devservices/runner';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { findListeners } from '../../core/identity/listeners.ts';
import { createDockerRunner } from '../../plugins/docker/runner/docker-runner.ts';
import { createCheckout, type Ran } from '../rig/checkout.ts';
import { configure, shell, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { leftProcesses } from '../rig/left-processes.ts';

const engine = await ensureEngine();

// Says who it is and what it was told, and what the database says.
const server = `
  import { connect, createServer } from 'node:net';
  import { once } from 'node:events';
  const { PORT, HOST, GREETING, DB_HOST, DB_PORT } = process.env;
  createServer(async (socket) => {
    socket.on('error', () => {});
    const db = connect({ host: DB_HOST, port: Number(DB_PORT) });
    const [said] = await once(db, 'data');
    db.destroy();
    socket.end([process.pid, GREETING, String(said).trim()].join(' ') + '\\n');
  }).listen({ port: Number(PORT), host: HOST ?? '127.0.0.1' });
`;

describe.skipIf(engine === null)('a container and a process', async () => {
  if (!engine) return;
  const image = engine.images.tools;
  const checkout = createCheckout(engine);
  const runner = createDockerRunner({ engine: engine.url, env: {} });
  const [db, api, wide] = await freePorts(3);
  const onDatabase = { db: 'ready' };
  const write = (greeting: string): void => {
    const program = (environment: object) => ({
      kind: 'process',
      command: 'node server.mjs',
      environment: { GREETING: greeting, ...environment },
    });
    checkout.write({ 'server.mjs': server });
    configure(checkout, {
      db: {
        run: shell(image, 'while true; do echo from the database | nc -l -p 7000; done'),
        ports: { tcp: { container: 7000, host: db } },
        exports: { DB_HOST: '{host}', DB_PORT: '{port.tcp}' },
      },
      api: {
        run: program({}),
        ports: { tcp: api },
        dependsOn: onDatabase,
        exports: { API_HOST: '{host}', API_PORT: '{port.tcp}' },
      },
      wide: {
        run: program({ HOST: '0.0.0.0' }),
        ports: { tcp: wide },
        dependsOn: onDatabase,
        exports: { WIDE: '{address.tcp}' },
      },
      client: { run: sleeper(image), dependsOn: { api: 'ready', wide: 'ready' } },
      joined: {
        run: sleeper(image, { networkMode: 'service:beside' }),
        dependsOn: { api: 'ready' },
      },
      beside: { run: sleeper(image) },
      careless: { run: sleeper(image) },
    });
  };
  const up = async (...args: string[]): Promise<Ran> => {
    const made = await checkout.task('up', ['--json', ...args]);
    if (made.exitCode !== 0) throw new Error(`${made.stdout}\n${made.stderr}`);
    ids = await checkout.containers();
    return made;
  };
  let ids: Record<string, string> = {};
  const inside = async (service: string, script: string): Promise<string> => {
    const instance = { id: ids[service], service } as Instance;
    const patience = AbortSignal.timeout(30_000);
    return (await runner.exec(instance, ['sh', '-c', script], patience)).output;
  };
  /** What the API says to a container that waits for it as any client would. */
  const ask = async (service: string): Promise<readonly string[]> => {
    const said = await inside(
      service,
      'until nc -w 5 $API_HOST $API_PORT </dev/null | grep .; do sleep 0.1; done',
    );
    return said.trim().split(' ');
  };
  const gatewayOf = async (network: string): Promise<string> => {
    const { IPAM } = await checkout.docker.getNetwork(network).inspect();
    return (IPAM as { Config: { Gateway: string }[] }).Config[0]?.Gateway ?? '';
  };
  const project = checkout.root.split('/').at(-1) ?? '';
  const addressesOf = (port: number): string[] =>
    findListeners(port)
      .map(({ address }) => address)
      .toSorted();
  const supervisor = (): number => {
    const state = join(checkout.stateHome, 'devservices');
    const [found] = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('/supervisor.json'),
    );
    const { identity } = JSON.parse(readFileSync(join(state, found ?? ''), 'utf8')) as {
      identity: { pid: number };
    };
    return identity.pid;
  };

  beforeAll(async () => {
    write('hello');
    await up();
  });
  afterAll(async () => {
    await checkout.task('down', ['--json']);
    await runner.close();
    await checkout[Symbol.asyncDispose]();
  });

  test('reach each other, though the process listens on loopback alone', async () => {
    const [pid, greeting, ...database] = await ask('client');
    expect(process.kill(Number(pid), 0)).toBe(true);
    expect([greeting, database.join(' ')]).toEqual(['hello', 'from the database']);
    expect(await inside('client', 'echo $API_HOST $API_PORT')).toBe(
      `host.docker.internal ${api}\n`,
    );
    expect(addressesOf(api)).toEqual(['127.0.0.1', await gatewayOf(project)].toSorted());
  });

  test('who shares the network of another container reaches it as well', async () => {
    expect((await ask('joined'))[1]).toBe('hello');
  });

  test('a process that listens at all addresses is reached without a relay', async () => {
    expect(await inside('client', 'nc -w 5 ${WIDE%:*} ${WIDE#*:} </dev/null')).toContain('hello');
    expect(addressesOf(wide)).toEqual(['0.0.0.0']);
  });

  test('a container that does not depend on it finds nothing at its own address of this machine', async () => {
    expect(await inside('careless', 'echo -$API_PORT-')).toBe('--\n');
    const script = `nc -w 2 host.docker.internal ${api} </dev/null && echo reached || echo refused`;
    expect(await inside('careless', script)).not.toContain('reached');
  });

  test('a container on another network gets nothing, at either gateway', async () => {
    const name = `${project}-elsewhere`;
    const network = await checkout.docker.createNetwork({ Name: name });
    onTestFinished(() => network.remove());
    const stranger = await checkout.docker.createContainer({
      Image: image,
      Cmd: ['sleep', '600'],
      HostConfig: { NetworkMode: name },
    });
    onTestFinished(() => stranger.remove({ force: true }));
    await stranger.start();
    ids['stranger'] = stranger.id;
    for (const gateway of [await gatewayOf(name), await gatewayOf(project)]) {
      expect(
        await inside('stranger', `nc -w 2 ${gateway} ${api} </dev/null 2>/dev/null; true`),
      ).toBe('');
    }
  });

  test('a second up leaves all as it is', async () => {
    const { finished } = await up();
    const actions = Object.values(finished.services).map(({ action }) => action);
    expect(new Set(actions)).toEqual(new Set(['unchanged']));
    expect((await ask('client'))[1]).toBe('hello');
  });

  test('reach each other after a restart of the process', async () => {
    const [before] = await ask('client');
    const client = ids['client'];
    const restarted = await checkout.task('restart', ['api', '--json']);
    expect(restarted.exitCode).toBe(0);
    const [after, greeting] = await ask('client');
    expect([after === before, greeting]).toEqual([false, 'hello']);
    expect((await checkout.containers())['client']).toBe(client);
  });

  test('reach each other after the process was made anew, the container being as it was', async () => {
    const before = { ...ids };
    write('anew');
    const { finished } = await up();
    expect(finished.services).toMatchObject({
      api: { action: 'recreated' },
      client: { action: 'unchanged' },
      joined: { action: 'unchanged' },
    });
    expect(ids).toEqual(before);
    expect((await ask('client'))[1]).toBe('anew');
    expect((await ask('joined'))[1]).toBe('anew');
  });

  test('a supervisor that is killed takes the relay with it, and up brings it back', async () => {
    const [before] = await ask('client');
    process.kill(supervisor(), 'SIGKILL');
    const isGone = `until ! nc -w 5 $API_HOST $API_PORT </dev/null | grep .; do :; done`;
    await inside('client', isGone);
    const { finished } = await up();
    expect(finished.services['client']?.action).toBe('unchanged');
    expect((await ask('client'))[0]).toBe(before);
    expect(addressesOf(api)).toEqual(['127.0.0.1', await gatewayOf(project)].toSorted());
  });

  test('a network that comes back with another gateway makes anew who needs it', async () => {
    const gateway = await gatewayOf(project);
    const network = checkout.docker.getNetwork(project);
    const { Containers } = (await network.inspect()) as { Containers: Record<string, unknown> };
    for (const Container of Object.keys(Containers)) {
      await network.disconnect({ Container, Force: true });
    }
    await network.remove();
    const squatter = await checkout.docker.createNetwork({
      Name: `${project}-squatter`,
      IPAM: { Config: [{ Subnet: `${gateway.replace(/\.\d+$/, '.0')}/24` }] },
    });
    onTestFinished(() => squatter.remove());
    const { finished } = await up();
    expect(finished.services).toMatchObject({
      api: { action: 'unchanged' },
      client: { action: 'recreated' },
    });
    const moved = await gatewayOf(project);
    expect(moved).not.toBe(gateway);
    expect((await ask('client'))[1]).toBe('anew');
    expect(addressesOf(api)).toEqual(['127.0.0.1', moved].toSorted());
  });

  test('down ends it', async () => {
    const { exitCode } = await checkout.task('down', ['--json']);
    expect(exitCode).toBe(0);
    expect([addressesOf(api), addressesOf(wide)]).toEqual([[], []]);
    expect(leftProcesses(checkout.stateHome)).toEqual([]);
  });
});
