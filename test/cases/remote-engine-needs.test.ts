import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { configure, shell, sleeper } from '../rig/container-services.ts';
import { freePorts } from '../rig/free-ports.ts';
import { isOpen } from '../rig/loopback-ports.ts';
import { openRemoteEngine } from '../rig/remote-engine.ts';

const remote = await openRemoteEngine();

describe.skipIf(remote === null)('private engine, where the rig may: needs elsewhere', () => {
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

  const up = (args: readonly string[] = []) => checkout.task('up', ['--json', ...args], { env });

  test('mount what is there; what is not is said before anything starts', async () => {
    const folder = join(checkout.root, 'it is here');
    checkout.write({ 'it is here/said': 'here', 'key.pem': 'k' });
    const said = 'cat /app/said; exec sleep 1000';
    const mounting = shell(images.tools, said, {
      volumes: ['./it is here:/app', '/usr/share:/share:ro', 'data:/data'],
    });
    const keyed = sleeper(images.tools, { secrets: { key: { file: 'key.pem' } } });
    configure(checkout, {
      db: { run: sleeper(images.tools) },
      app: { run: mounting, dependsOn: ['db'] },
      keyed: { run: keyed },
    });
    for (const args of [[], ['--dry-run']]) {
      const refused = await up(args);
      expect(refused.exitCode).toBe(2);
      expect(refused.finished.errors[0]).toMatchObject({ code: 'DS_DOCKER_ELSEWHERE' });
      expect(refused.finished.errors[0]?.message.split('\n').slice(1)).toEqual([
        `  app: ${folder} (volumes)`,
        `  keyed: ${join(checkout.root, 'key.pem')} (secrets.key)`,
      ]);
      expect(await checkout.containers()).toEqual({});
    }

    remote.run('mkdir', ['-p', folder]);
    remote.run('sh', ['-c', 'echo there > "$0/said"', folder]);
    const made = await up(['--exclude', 'keyed']);
    expect(made.finished).toMatchObject({ ok: true, services: { app: { state: 'ready' } } });
    const logs = await checkout.task('logs', ['app'], { env });
    expect(logs.stdout).toContain('there');
    // What is there already is not asked for: nobody makes it.
    remote.run('rm', ['-rf', checkout.root]);
    const again = await up(['--exclude', 'keyed']);
    expect(again.finished.services['app']).toMatchObject({ action: 'unchanged' });
  });

  test('that would have to reach a process of this machine are refused', async () => {
    const [port] = await freePorts(1);
    configure(checkout, {
      web: {
        run: { kind: 'process', command: ['touch', 'started'] },
        ports: { http: port },
      },
      proxy: { run: sleeper(images.tools), dependsOn: { web: 'started' } },
    });
    const refused = await up();
    expect(refused.exitCode).toBe(2);
    expect(refused.finished.errors[0]).toMatchObject({ code: 'DS_DOCKER_ELSEWHERE' });
    expect(refused.finished.errors[0]?.message).toContain('proxy: the process web');
    expect(existsSync(join(checkout.root, 'started'))).toBe(false);
  });

  test('whose port somebody holds over there fail with that one’s name, and hold none here', async () => {
    const [port] = await freePorts(1);
    const stranger = await checkout.docker.createContainer({
      name: `holder-${port}`,
      Image: images.redis,
      ExposedPorts: { '6379/tcp': {} },
      HostConfig: {
        NetworkMode: await createNetwork(`holder-${port}`),
        PortBindings: { '6379/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
      },
    });
    onTestFinished(() => stranger.remove({ force: true, v: true }));
    await stranger.start();
    configure(checkout, {
      redis: {
        run: { kind: 'container', image: images.redis },
        ports: { redis: { container: 6379, host: port } },
      },
    });
    const ran = await up();
    expect(ran.exitCode).toBe(3);
    expect(ran.finished.errors[0]).toMatchObject({ code: 'DS_DOCKER_PORT_TAKEN' });
    expect(ran.finished.errors[0]?.message).toContain(`port ${port} of box is taken`);
    expect(ran.finished.errors[0]?.message).toContain(`by the container holder-${port}`);
    const down = await checkout.task('down', ['--json'], { env });
    expect(down.finished).toMatchObject({ ok: true });
    expect(await isOpen(port)).toBe(false);
    await expect.poll(() => ssh.clients(), { timeout: 10_000 }).toEqual([]);
  });

  async function createNetwork(name: string): Promise<string> {
    const network = await checkout.docker.createNetwork({ Name: name });
    onTestFinished(() => network.remove());
    return name;
  }
});
