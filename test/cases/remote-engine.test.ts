import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { askPostgres } from '../rig/ask-postgres.ts';
import { removeBuiltImages } from '../rig/built-images.ts';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { configure, sleeper } from '../rig/container-services.ts';
import { dockerCli } from '../rig/docker-cli.ts';
import { freePorts } from '../rig/free-ports.ts';
import { askPort, isOpen } from '../rig/loopback-ports.ts';
import { openRemoteEngine } from '../rig/remote-engine.ts';

const remote = await openRemoteEngine();

describe.skipIf(remote === null)('private engine, where the rig may: services elsewhere', () => {
  if (!remote) return;
  const { images, ssh, sshUrl } = remote;
  let checkout: Checkout;
  const env = { PATH: ssh.path, DOCKER_HOST: sshUrl };
  beforeEach(() => {
    checkout = createCheckout(remote);
  });
  afterEach(async () => {
    ssh.setKnown(true);
    ssh.killClients();
    await checkout[Symbol.asyncDispose]();
  });
  afterAll(() => remote.close());

  const postgres = (port: number) => ({
    run: {
      kind: 'container',
      image: images.postgres,
      environment: { POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_DB: 'app' },
      volumes: ['data:/var/lib/postgresql/data'],
    },
    ports: { sql: { container: 5432, host: port } },
    ready: { kind: 'command', command: ['pg_isready', '-U', 'postgres', '-h', '127.0.0.1'] },
  });
  const up = (args: readonly string[] = [], variables: object = {}) =>
    checkout.task('up', ['--json', ...args], { env: { ...env, ...variables } });

  test('are on this machine’s ports from `up` to `down`, whatever becomes of the way there', async () => {
    const [port] = await freePorts(1);
    configure(checkout, { postgres: postgres(port) });
    const first = await up();
    expect(first.finished).toMatchObject({
      ok: true,
      services: { postgres: { state: 'ready', endpoints: { sql: { host: '127.0.0.1', port } } } },
    });
    const made = await checkout.containers();
    const sql = (query: string) => askPostgres({ port }, query);
    await sql('create table notes (text text)');
    await sql(`insert into notes values ('kept')`);

    const second = await up();
    expect(second.finished.services['postgres']).toMatchObject({ action: 'unchanged' });
    expect(await sql('select text from notes')).toEqual([{ text: 'kept' }]);

    ssh.killClients();
    await expect.poll(() => isOpen(port), { timeout: 10_000 }).toBe(false);
    const third = await up();
    expect(third.finished.services['postgres']).toMatchObject({ action: 'unchanged' });
    expect(await checkout.containers()).toEqual(made);
    expect(await sql('select text from notes')).toEqual([{ text: 'kept' }]);

    const anew = await up(['--recreate']);
    expect(anew.finished.services['postgres']).toMatchObject({ action: 'recreated' });
    expect(await checkout.containers()).not.toEqual(made);
    expect(await sql('select text from notes')).toEqual([{ text: 'kept' }]);

    const down = await checkout.task('down', ['--json'], { env });
    expect(down.finished).toMatchObject({ ok: true });
    expect(await checkout.containers()).toEqual({});
    expect(await isOpen(port)).toBe(false);
    await expect.poll(() => ssh.clients(), { timeout: 10_000 }).toEqual([]);
    expect(leftOvers(checkout)).toEqual([]);
  });

  test('are those of a docker context as well', async () => {
    const [port] = await freePorts(1);
    configure(checkout, {
      redis: {
        run: { kind: 'container', image: images.redis },
        ports: { redis: { container: 6379, host: port } },
      },
    });
    const folder = join(checkout.outside, 'docker');
    writeContext(folder, 'far', sshUrl);
    const context = { DOCKER_HOST: undefined, DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'far' };
    const ran = await up([], context);
    expect(ran.finished).toMatchObject({ ok: true, services: { redis: { state: 'ready' } } });
    expect(await askPort(port, 'PING\r\n')).toBe('+PONG\r\n');
  });

  test('of two checkouts are beside one another, and `down` of one leaves the other its ports', async () => {
    const [port] = await freePorts(1);
    await using other = createCheckout(remote, { beside: checkout });
    const config = {
      redis: {
        run: { kind: 'container', image: images.redis },
        ports: { redis: { container: 6379, host: port } },
      },
    };
    for (const one of [checkout, other]) configure(one, config);
    const portOf = async (one: Checkout) => {
      const { finished } = await one.task('up', ['--json'], { env });
      expect(finished).toMatchObject({ ok: true });
      return finished.services['redis']?.endpoints['redis']?.port ?? 0;
    };
    const ports = [await portOf(checkout), await portOf(other)];
    expect(ports[0]).toBe(port);
    expect(new Set(ports).size).toBe(2);
    await checkout.task('down', [], { env });
    expect(await isOpen(port)).toBe(false);
    expect(await askPort(ports[1] ?? 0, 'PING\r\n')).toBe('+PONG\r\n');
    await other.task('down', [], { env });
    await expect.poll(() => ssh.clients(), { timeout: 10_000 }).toEqual([]);
  });

  test.each([
    { key: false as const, says: 'Host key verification failed' },
    { key: 'changed' as const, says: 'has changed and you have requested strict checking' },
  ])('are not started where the host’s key is known as $key', async ({ key, says }) => {
    configure(checkout, {
      web: { run: { kind: 'process', command: ['touch', 'started'] } },
      sleeper: { run: sleeper(images.tools), dependsOn: { web: 'completed' } },
    });
    ssh.setKnown(key);
    const ran = await up();
    expect(ran.exitCode).toBe(3);
    expect(ran.finished.errors[0]).toMatchObject({ code: 'DS_DOCKER_UNREACHABLE' });
    expect(ran.finished.errors[0]?.message).toContain(says);
    expect(existsSync(join(checkout.root, 'started'))).toBe(false);
    expect(await checkout.containers()).toEqual({});
    expect(ssh.clients()).toEqual([]);
  });

  test('are on a workstation’s engine where that is named, images that are built here as well', async () => {
    const cli = await dockerCli('buildkit');
    if (!cli) throw new Error('there is no docker command line to build with');
    const [port] = await freePorts(1);
    onTestFinished(() => removeBuiltImages(checkout.docker, basename(checkout.root)));
    checkout.write({
      'app/Dockerfile': `FROM ${images.redis}\nCOPY said /said\n`,
      'app/said': 'built here',
      'devservices.config.mjs': `
        import { definePlugin } from 'devservices';
        const reach = async (name) => ({ host: name, configFile: ${JSON.stringify(ssh.configFile)} });
        const open = async () => ({ provider: 'boxes' });
        const boxes = definePlugin({
          name: 'boxes',
          setup: ({ expose }) => expose('workstations', () => ({ open, reach })),
        });
        export default {
          plugins: process.env.WITHOUT ? [] : [boxes()],
          services: {
            app: {
              run: { kind: 'container', build: { context: './app', network: 'host' } },
              ports: { redis: { container: 6379, host: ${port} } },
            },
          },
        };`,
    });
    const engine = ['--engine', 'workstation://box'];
    // Not the ssh that knows the way by itself.
    const variables = { ...cli, PATH: cli['PATH'] ?? process.env['PATH'], DOCKER_HOST: undefined };
    const unknown = await up(engine, { ...variables, WITHOUT: '1' });
    expect(unknown.exitCode).toBe(2);
    expect(unknown.finished.errors[0]).toMatchObject({ code: 'DS_CONTRACT_MISSING' });
    expect(unknown.finished.errors[0]?.hint).toContain('workstations()');

    const first = await up(engine, variables);
    expect(first.finished).toMatchObject({ ok: true, services: { app: { action: 'created' } } });
    expect(await askPort(port, 'PING\r\n')).toBe('+PONG\r\n');
    const second = await up(engine, variables);
    expect(second.finished.services['app']).toMatchObject({ action: 'unchanged' });
    const down = await checkout.task('down', ['--json', ...engine], { env: variables });
    expect(down.finished).toMatchObject({ ok: true });
    expect(await checkout.containers()).toEqual({});
    await expect.poll(() => ssh.clients(), { timeout: 10_000 }).toEqual([]);
    expect(leftOvers(checkout)).toEqual([]);
  });

  test('are on no workstation that is a container itself, which is said and not waited for', async () => {
    checkout.write({
      'devservices.config.mjs': `
        import { workstations } from 'devservices/plugins/workstations';
        export default {
          plugins: [workstations({ provider: 'docker' })],
          services: { redis: { run: { kind: 'container', image: '${images.redis}' } } },
        };`,
    });
    const asked = { env: { ...env, DEVSERVICES_ENGINE: 'workstation://box' } };
    for (const [task, ...args] of [['up'], ['workstations', 'list']] as const) {
      const ran = await checkout.task(task, [...args, '--json'], asked);
      expect(ran.exitCode).toBe(2);
      expect(ran.stdout + ran.stderr).toContain('DS_DOCKER_WORKSTATION_CONTAINED');
    }
  });
});

/** Sockets and records of forwards that are left of a checkout. */
function leftOvers({ outside, stateHome }: Checkout): string[] {
  return [join(outside, 'run'), stateHome]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .filter((path) => /\.ssh|forwards/.test(path));
}

function writeContext(folder: string, name: string, host: string): void {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(folder, 'contexts/meta', id, 'meta.json');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}
