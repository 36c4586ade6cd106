import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import type { NormaliseContext, Runner } from '../../../core/run/runner.ts';
import { createFakeRunner, type FakeRunner } from '../../../core/testing/fake-runner.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image } from '../../rig/kernel.ts';
import { openTwoKinds, program } from '../../rig/two-kinds.ts';

const dockerInternal = 'host.docker.internal';

/** Processes on loopback, which containers reach by the name that engines give this machine. */
function onLoopback(runner: FakeRunner): FakeRunner {
  const address: Runner['address'] = ({ port }, from) => ({
    host: from === 'container' ? dockerInternal : '127.0.0.1',
    port: port.host,
  });
  return { ...runner, address };
}

/** Two kinds of runners that note what each service was normalised with. */
function open(config: Config, env: Record<string, string> = {}) {
  const given: Record<string, NormaliseContext> = {};
  const noting = (runner: FakeRunner): FakeRunner => ({
    ...runner,
    normalise(run, context) {
      given[context.service] = context;
      return runner.normalise(run, context);
    },
  });
  const processes = noting(onLoopback(createFakeRunner('process')));
  const runner = noting(createFakeRunner());
  const kinds = openTwoKinds(config, { env, processes, runner });
  return { ...kinds, given };
}

const url = ({ address }: { address(port: string): string }) => ({ URL: `http://${address('p')}` });

test("a process's port inside is its port of this machine, whichever it was given", async () => {
  const [taken] = await freePorts(1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  try {
    const { host, given } = open({
      services: { api: { run: program(), ports: { p: { container: 80, host: taken } } } },
    });
    await using _ = host;
    const { services } = await host.up({ ports: 'reassign' });
    const port = services['api']?.endpoints['p']?.port;
    expect(port).not.toBe(taken);
    expect(given['api']?.ports).toEqual([
      { name: 'p', container: port, host: port, protocol: 'tcp' },
    ]);
    expect(given['api']?.environment).toEqual({ PORT: String(port) });
  } finally {
    server.close();
  }
});

test('a process sees its own addresses and those of its dependencies as this machine does', async () => {
  const [a, b, c] = await freePorts(3);
  const { host, given } = open({
    services: {
      db: { run: image(), ports: { p: { container: 5432, host: a } }, exports: url },
      api: {
        run: program({
          environment: ({ address }) => ({ SELF: address('p'), PORT: 'its own' }),
        }),
        ports: { p: { container: 80, host: b } },
        exports: ({ address }) => ({ API: address('p') }),
        dependsOn: ['db'],
      },
      worker: { run: program(), ports: { p: c }, dependsOn: ['api'] },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['api']?.environment).toEqual({
    URL: `http://127.0.0.1:${a}`,
    SELF: `127.0.0.1:${b}`,
    PORT: 'its own',
  });
  expect(given['worker']?.environment).toEqual({ API: `127.0.0.1:${b}`, PORT: String(c) });
  expect(Object.values(given).map(({ needsGateway }) => needsGateway)).toEqual([
    false,
    false,
    false,
  ]);
});

test('a container reads the address of a process as its runner gives it, and goes through its gateway', async () => {
  const [a, b] = await freePorts(2);
  const { host, given } = open({
    services: {
      api: {
        run: program(),
        ports: { p: a, events: { container: b, protocol: 'udp' } },
        exports: url,
      },
      mute: { run: program() },
      web: { run: image(), dependsOn: ['api'] },
      side: { run: image({ networkMode: 'host' }), dependsOn: ['api'] },
      joined: { run: image({ networkMode: 'service:side' }), dependsOn: ['api'] },
      calm: { run: image(), dependsOn: ['mute'] },
      far: { run: image(), dependsOn: ['web'] },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['web']).toMatchObject({
    environment: { URL: `http://${dockerInternal}:${a}` },
    needsGateway: true,
  });
  for (const name of ['side', 'joined']) {
    expect(given[name]).toMatchObject({
      environment: { URL: `http://127.0.0.1:${a}` },
      needsGateway: false,
    });
  }
  for (const name of ['api', 'mute', 'calm', 'far']) {
    expect(given[name]?.needsGateway).toBe(false);
  }
  expect(await host.host.exports()).toEqual({ URL: `http://127.0.0.1:${a}` });
});

test('whose network is shared by one that needs a process needs the gateway with it', async () => {
  const [a] = await freePorts(1);
  const { host, given } = open({
    services: {
      api: { run: program(), ports: { p: a }, exports: url },
      owner: { run: image() },
      joined: { run: image({ networkMode: 'service:owner' }), dependsOn: ['api'] },
      beside: { run: image({ networkMode: 'service:owner' }) },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['joined']?.environment).toEqual({ URL: `http://${dockerInternal}:${a}` });
  expect(given['owner']?.needsGateway).toBe(true);
  expect(given['beside']?.needsGateway).toBe(false);
});

test('what it goes through the gateway for is the same when the dependency is left out of one up', async () => {
  const [port] = await freePorts(1);
  const { host } = open({
    services: {
      api: { run: program(), ports: { p: port }, exports: url },
      web: { run: image(), dependsOn: ['api'] },
    },
  });
  await using _ = host;
  await host.up();
  await host.host.close();
  const again = host.again();
  expect(column(await again.up({ exclude: ['api'] }), 'action')).toMatchObject({
    web: 'unchanged',
  });
  await again.host.close();
});

type Services = NonNullable<Config['services']>;

test.each<[string, (a: number, b: number) => Services, string | undefined]>([
  ['a sole TCP port', (p) => ({ api: { run: program(), ports: { p } } }), 'its own'],
  [
    'a sole TCP port beside UDP',
    (p, u) => ({
      api: { run: program(), ports: { p, u: { container: u, protocol: 'udp' } } },
    }),
    'its own',
  ],
  ['two ports', (p, q) => ({ api: { run: program(), ports: { p, q } } }), undefined],
  ['no port', () => ({ api: { run: program() } }), undefined],
  ['a container', (p) => ({ api: { run: image(), ports: { p } } }), undefined],
  [
    'a dependency that exports PORT',
    (p) => ({
      api: { run: program(), ports: { p }, dependsOn: ['db'] },
      db: { run: image(), exports: { PORT: 'of db' } },
    }),
    'of db',
  ],
])('PORT: %s', async (_, services, expected) => {
  const [a, b] = await freePorts(2);
  const { host, given } = open({ services: services(a, b) }, { PORT: '1' });
  await using closing = host;
  await closing.up();
  const wanted = expected === 'its own' ? String(a) : expected;
  expect(given['api']?.environment['PORT']).toBe(wanted);
});
