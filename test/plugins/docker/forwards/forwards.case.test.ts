import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Checkout, createCheckout } from '../../../rig/checkout.ts';
import { answering, configure } from '../../../rig/container-services.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { openRemoteEngine } from '../../../rig/remote-engine.ts';
import { ask } from './other-machine.ts';

const remote = await openRemoteEngine();
const program = `
import socket, sys
server = socket.socket()
server.bind(('0.0.0.0', 80))
server.listen(8)
while True:
    client, _ = server.accept()
    client.sendall(sys.argv[1].encode())
    client.close()`;

describe.skipIf(remote === null)('private engine, where the rig may: forwards', () => {
  if (!remote) return;
  const { images, ssh, sshUrl } = remote;
  let checkout: Checkout;
  const env = { PATH: ssh.path, DOCKER_HOST: sshUrl };
  beforeEach(() => {
    checkout = createCheckout(remote);
  });
  afterEach(async () => {
    ssh.killClients();
    await checkout[Symbol.asyncDispose]();
  });
  afterAll(() => remote.close());

  const site = (host: number, answer = 'hi', rest: object = {}) => ({
    run: {
      kind: 'container',
      image: images.tools,
      command: ['python3', '-c', program, answer],
      stopSignal: 'SIGKILL',
    },
    ports: { http: { container: 80, host }, ...rest },
    ready: { kind: 'port', port: 'http' },
  });
  const task = (name: string, ...args: string[]) =>
    checkout.task(name, [...args, '--json'], { env });
  const reasons = async () => {
    const { stdout } = await task('status');
    const { services } = JSON.parse(stdout) as { services: Record<string, { reason: object }> };
    return Object.fromEntries(Object.entries(services).map(([name, { reason }]) => [name, reason]));
  };
  const forwardFiles = () =>
    readdirSync(checkout.stateHome, { recursive: true, encoding: 'utf8' }).filter((path) =>
      basename(path).startsWith('forwards-'),
    );
  const expectNothingLeft = async () => {
    await expect.poll(() => ssh.clients(), { timeout: 10_000 }).toEqual([]);
    expect(forwardFiles()).toEqual([]);
  };
  const endThere = async (how: 'kill' | 'remove') => {
    const { site: id } = await checkout.containers();
    const container = checkout.docker.getContainer(id ?? 'none');
    await (how === 'kill' ? container.kill() : container.remove({ force: true }));
  };

  test('are there before a process of this machine that depends on them is started', async () => {
    const [port, http] = await freePorts(2);
    const client = `require('node:net').connect(${port}, '127.0.0.1')
      .on('data', (text) => process.exit(String(text) === 'hi' ? 0 : 3)).on('error', () => process.exit(4))`;
    configure(checkout, {
      site: site(port),
      web: {
        run: answering(images.tools, '200'),
        ports: { http: { container: 7000, host: http } },
        ready: { kind: 'http', path: '/' },
      },
      client: {
        run: { kind: 'process', command: [process.execPath, '-e', client] },
        dependsOn: { site: 'ready' },
      },
      after: {
        run: { kind: 'process', command: ['true'] },
        dependsOn: { client: 'completed' },
      },
    });
    const up = await task('up');
    expect(up.finished).toMatchObject({
      ok: true,
      errors: [],
      services: { client: { state: 'completed' }, web: { state: 'ready' } },
    });
    await task('rm', 'site', '--yes');
    expect(await ask(port)).toBeUndefined();
    await task('reset', '--yes');
    await expectNothingLeft();
  });

  test('that are down are said by `status`, and are there again after the next `up`', async () => {
    const [port, udp] = await freePorts(2);
    const both = { dns: { container: 53, host: udp, protocol: 'udp' } };
    configure(checkout, { site: site(port, 'hi', both) });
    const up = await task('up');
    expect(up.finished).toMatchObject({ ok: true, errors: [] });
    expect(up.stderr).toContain(`dns (${udp}, UDP) of site is on box alone`);
    expect(await reasons()).toEqual({ site: { code: 'ready', text: 'ready' } });
    ssh.killClients();
    expect(await reasons()).toEqual({
      site: { code: 'ready', text: expect.stringContaining('not forwarded to this machine') },
    });
    const again = await task('up');
    expect(again.finished).toMatchObject({ ok: true, services: { site: { action: 'unchanged' } } });
    expect(await ask(port)).toBe('hi');
    expect(await reasons()).toEqual({ site: { code: 'ready', text: 'ready' } });
  });

  test('keep their ports for services that ended or were removed over there', async () => {
    const [port] = await freePorts(1);
    configure(checkout, { site: site(port) });
    expect((await task('up')).finished).toMatchObject({ ok: true, errors: [] });
    await endThere('kill');
    const started = await task('up');
    expect(started.finished).toMatchObject({ ok: true, services: { site: { action: 'started' } } });
    await endThere('remove');
    const created = await task('up');
    expect(created.finished).toMatchObject({ ok: true, services: { site: { action: 'created' } } });
    expect(await ask(port)).toBe('hi');
  });

  test('of services that the configuration lost keep their ports from others, by name', async () => {
    const [port, free] = await freePorts(2);
    configure(checkout, { site: site(port) });
    expect((await task('up')).finished).toMatchObject({ ok: true, errors: [] });
    configure(checkout, { other: site(port, 'other') });
    const taken = await task('up');
    expect(taken.exitCode).toBe(3);
    expect(taken.finished.errors[0]?.message).toContain('the forward to site on ssh://box');
    // Removed over there by somebody else, it holds nothing any more after the next look.
    await endThere('remove');
    configure(checkout, { other: site(free, 'other') });
    expect((await task('up')).finished).toMatchObject({ ok: true, errors: [] });
    expect(await ask(port)).toBeUndefined();
    expect(await ask(free)).toBe('other');
  });

  test('of which a stranger has the port are told before anything starts, and after they died', async () => {
    const [free, port] = await freePorts(2);
    configure(checkout, { first: site(free), site: { ...site(port), dependsOn: ['first'] } });
    const stranger = createServer((socket) => socket.end('stranger'));
    const listen = () =>
      new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void stranger.close());
    await listen();
    const taken = {
      exitCode: 3,
      finished: { errors: [{ code: 'DS_PORT_TAKEN', message: expect.stringContaining('pid') }] },
    };
    expect(await task('up')).toMatchObject(taken);
    expect(await checkout.containers()).toEqual({});
    await expectNothingLeft();
    await new Promise((resolve) => stranger.close(resolve));
    expect((await task('up')).finished).toMatchObject({ ok: true, errors: [] });
    ssh.killClients();
    await expect.poll(() => ask(port), { timeout: 10_000 }).toBeUndefined();
    await listen();
    expect(await task('up')).toMatchObject(taken);
    expect(await ask(free)).toBe('hi');
    await task('down');
    await expectNothingLeft();
  });

  test('of what an interrupt leaves running stay, and no ssh without any', async () => {
    const [port] = await freePorts(1);
    const gate = { kind: 'process', command: ['sleep', '1000'], stopSignal: 'SIGKILL' };
    configure(checkout, {
      gate: { run: gate },
      site: { ...site(port), dependsOn: { gate: 'completed' } },
    });
    const interrupted = (when: RegExp) => {
      let all = '';
      return checkout.task('up', ['--json'], {
        env,
        onOutput(text, kill) {
          if (when.test(all)) return;
          all += text;
          if (when.test(all)) kill('SIGINT');
        },
      });
    };
    const early = await interrupted(/"phase-ended","phase":"prepare","service":"site"/);
    expect(early.exitCode).toBe(130);
    expect(Object.keys(await checkout.containers())).toEqual([]);
    await expectNothingLeft();
    const never = { kind: 'command', command: ['false'] };
    configure(checkout, { site: { ...site(port), ready: never } });
    const late = await interrupted(/"service":"site","state":"running"/);
    expect(late.exitCode).toBe(130);
    expect(await reasons()).toMatchObject({ site: { code: 'running' } });
    await expect.poll(() => ask(port), { timeout: 10_000 }).toBe('hi');
    await task('down');
    await expectNothingLeft();
  });

  test('end where the project is brought up on another engine', async () => {
    const local = await ensureEngine();
    const [port] = await freePorts(1);
    configure(checkout, { site: site(port, 'over there') });
    await task('up');
    expect(await ask(port)).toBe('over there');
    try {
      const up = await task('up', '--engine', local?.url ?? '');
      expect(up.finished).toMatchObject({ ok: true, services: { site: { action: 'created' } } });
      await expectNothingLeft();
      expect(await ask(port)).toBe('over there');
    } finally {
      await task('down', '--engine', local?.url ?? '');
    }
  });
});
