import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

import Docker from 'dockerode';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { ensureEngine } from './engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('images of the rig on a real engine', () => {
  const docker = new Docker({ socketPath: engine?.socketPath ?? '' });
  const images = engine?.images ?? { postgres: '', redis: '', tools: '', workstation: '' };
  const network = `ds-images-${process.pid}`;
  beforeAll(() => docker.createNetwork({ Name: network }));
  afterAll(() => docker.getNetwork(network).remove());

  interface Published {
    container: Docker.Container;
    port: number;
  }

  /** Starts a container with one port on the loopback address and waits for a line of its log. */
  async function publish(run: {
    image: string;
    port: number;
    until: string;
    env?: string[];
  }): Promise<Published> {
    const key = `${run.port}/tcp`;
    const container = await docker.createContainer({
      Image: run.image,
      Env: run.env ?? [],
      HostConfig: {
        NetworkMode: network,
        PortBindings: { [key]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
    });
    onTestFinished(() => container.remove({ force: true, v: true }));
    await container.start();
    await logLine(container, run.until);
    const { NetworkSettings } = await container.inspect();
    return { container, port: Number(NetworkSettings.Ports[key]?.[0]?.HostPort) };
  }

  async function logLine(container: Docker.Container, wanted: string): Promise<void> {
    const logs = await container.logs({ follow: true, stdout: true, stderr: true });
    const text = new PassThrough();
    docker.modem.demuxStream(logs, text, text);
    logs.once('end', () => text.end());
    for await (const line of createInterface({ input: text })) if (line.includes(wanted)) return;
    throw new Error(`The log of ${container.id} ended without "${wanted}".`);
  }

  test('postgres makes the database and the user that its variables name', async () => {
    const password = `it's "quoted" $x`;
    const { container, port } = await publish({
      image: images.postgres,
      port: 5432,
      until: 'listening on IPv4 address "0.0.0.0"',
      env: ['POSTGRES_USER=app', `POSTGRES_PASSWORD=${password}`, 'POSTGRES_DB=my-app'],
    });
    const login = { host: '127.0.0.1', port, user: 'app', database: 'my-app' };
    const client = await connectWhenUp({ ...login, password });
    const { rows } = await client.query('select current_database() as db, current_user as "user"');
    expect(rows).toEqual([{ db: 'my-app', user: 'app' }]);
    await client.end();
    await expect(new Client({ ...login, password: 'wrong' }).connect()).rejects.toThrow('password');
    await container.stop();
    expect((await container.inspect()).State.ExitCode).toBe(0);
  }, 30_000);

  test('postgres lets everybody in under trust, and keeps its data over a restart', async () => {
    const { container, port } = await publish({
      image: images.postgres,
      port: 5432,
      until: 'listening on IPv4 address "0.0.0.0"',
      env: ['POSTGRES_HOST_AUTH_METHOD=trust'],
    });
    const login = { host: '127.0.0.1', port, user: 'postgres' };
    const client = await connectWhenUp(login);
    await client.query('create table kept (n int)');
    await client.end();
    await container.restart();
    const { NetworkSettings } = await container.inspect();
    const again = Number(NetworkSettings.Ports['5432/tcp']?.[0]?.HostPort);
    const second = await connectWhenUp({ ...login, port: again });
    expect((await second.query('select * from kept')).rows).toEqual([]);
    await second.end();
  }, 30_000);

  test('postgres without a password says what to set, and ends with 1', async () => {
    const container = await docker.createContainer({ Image: images.postgres });
    onTestFinished(() => container.remove({ force: true, v: true }));
    await container.start();
    expect(await container.wait()).toMatchObject({ StatusCode: 1 });
    const log = await container.logs({ stderr: true });
    expect(log.toString()).toContain('set POSTGRES_PASSWORD');
  });

  test('redis answers from outside its container', async () => {
    const { port } = await publish({
      image: images.redis,
      port: 6379,
      until: 'Ready to accept connections',
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('+PONG\r\n');
    socket.destroy();
  });

  test('tools has what scripted containers need', async () => {
    const Cmd = ['sh', '-c', 'busybox true && nc -h 2>/dev/null; python3 -c "import socket"'];
    const container = await docker.createContainer({ Image: images.tools, Cmd });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
  });

  test('workstation has sshd, git and sudo, and no host key that all of its containers would share', async () => {
    const script = 'test -x /usr/sbin/sshd && git --version && sudo -V && ! ls /etc/ssh/ssh_host_*';
    const container = await docker.createContainer({
      Image: images.workstation,
      Cmd: ['sh', '-c', script],
    });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
  });
});

/** The engine's port takes connections before the server in it does: tried until it answers. */
async function connectWhenUp(login: ConstructorParameters<typeof Client>[0]): Promise<Client> {
  for (;;) {
    const client = new Client(login);
    try {
      await client.connect();
      return client;
    } catch (error) {
      const { message } = error as Error;
      if (!/starting up|terminated|ECONNRESET/.test(message)) throw error;
    }
  }
}
