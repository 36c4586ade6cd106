import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Instance } from 'devservices/runner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDockerRunner } from '../../plugins/docker/runner/docker-runner.ts';
import { createCheckout, type Ran } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('fields of containers, by what they do', async () => {
  if (!engine) return;
  const image = engine.images.tools;
  const checkout = createCheckout(engine);
  const runner = createDockerRunner({ engine: engine.url, env: {} });
  const never = new AbortController().signal;
  const external = `${checkout.root.split('/').at(-1)}-external`;
  const [udp, open, onHost, first] = await freePorts(4);
  const token = 'token-4f2b9c71d3';
  const inline = 'inline-8a71c0e5';
  const env = { CASE_TOKEN: token };
  const listen = (...ports: number[]) =>
    `${ports.map((port) => `(while true; do nc -l -p ${port} </dev/null; done) &`).join(' ')} wait`;
  const write = (key = 'a key of a file') =>
    checkout.write({
      'key.txt': key,
      'devservices.config.ts': `
        import { container, defineConfig, ready, secret } from 'devservices';
        const idle = { image: '${image}', command: 'sleep 600', stopSignal: 'SIGKILL' };
        const shell = (text) => ({ ...idle, command: ['sh', '-c', text] });
        export default defineConfig({
          services: {
            files: { run: container({
              ...idle,
              secrets: {
                token: { environment: 'CASE_TOKEN' },
                same: secret({ env: 'CASE_TOKEN' }),
                key: { file: './key.txt' },
                inline: { content: '${inline}', target: '/etc/inline', uid: 1000, gid: '1001', mode: '0400' },
              },
              configs: { 'app.conf': { content: 'hello' } },
              tmpfs: '/scratch:size=1m',
              volumes: ['/anonymous'],
            }) },
            udp: { run: container(shell('nc -u -l -p 5353')),
              ports: { dns: { container: 5353, host: ${udp}, protocol: 'udp' } }, ready: ready.port() },
            open: { run: container(shell('${listen(8000)}')),
              ports: { http: { container: 8000, host: ${open}, interface: '0.0.0.0' } } },
            many: { run: container(shell('${listen(7000, 7001, 7002)}')),
              ports: { node: { container: '7000-7002', host: '${first}-${first + 2}' } },
              exports: ({ address }) => ({ NODE: address('node'), LAST: address('node-7002') }) },
            host: { run: container({ ...shell('${listen(onHost)}'), networkMode: 'host' }),
              ports: { web: ${onHost} }, dependsOn: ['many'],
              exports: ({ address }) => ({ ON_HOST: address('web') }) },
            joined: { run: container({ ...idle, networkMode: 'service:many' }), ports: { node: 7001 } },
            beside: { run: container({ ...idle, networks: { '${external}': { aliases: ['known'] } } }),
              dependsOn: { host: 'ready' } },
          },
        });`,
    });
  let ids: Record<string, string> = {};
  let made: Ran;
  const inside = async (service: string, ...command: string[]) =>
    (await runner.exec({ id: ids[service], service } as Instance, command, never)).output;
  const inspect = (service: string) => checkout.docker.getContainer(ids[service] ?? '').inspect();

  beforeAll(async () => {
    await checkout.docker.createNetwork({ Name: external });
    write();
    made = await checkout.task('up', ['--json'], { env });
    if (made.exitCode !== 0) throw new Error(`${made.stdout}\n${made.stderr}`);
    ids = await checkout.containers();
  });
  afterAll(async () => {
    await runner.close();
    await checkout[Symbol.asyncDispose]();
    await checkout.docker.getNetwork(external).remove();
  });

  test('secrets and configs are files, with owner and mode', async () => {
    const read = await inside(
      'files',
      'sh',
      '-c',
      'cd /run/secrets; cat token same key; cat /etc/inline /app.conf',
    );
    expect(read).toBe(`${token}${token}a key of a file${inline}hello`);
    const modes = ['/run/secrets/token', '/etc/inline', '/app.conf'];
    expect(await inside('files', 'stat', '-c', '%a %u %g', ...modes)).toBe(
      '444 0 0\n400 1000 1001\n444 0 0\n',
    );
    expect(
      await inside('files', 'sh', '-c', 'echo x > /run/secrets/key || echo refused'),
    ).toContain('refused');
  });

  test('what a secret holds is nowhere to be seen', async () => {
    const seen = JSON.stringify(await inspect('files'));
    const config = await checkout.task('config', ['--json'], { env });
    for (const value of [token, inline]) {
      expect(seen).not.toContain(value);
      expect(config.stdout).not.toContain(value);
    }
    expect(config.stdout).toContain('/etc/inline');
  });

  test('a changed file makes the container anew, and is named', async () => {
    write('another key');
    const { finished } = await checkout.task('up', ['files', '--json'], { env });
    expect(finished.services['files']).toMatchObject({
      action: 'recreated',
      reason: { text: 'secrets.key changed' },
    });
    ids = await checkout.containers();
    expect(await inside('files', 'cat', '/run/secrets/key')).toBe('another key');
  });

  test('a folder in memory is one', async () => {
    expect(await inside('files', 'stat', '-f', '-c', '%T', '/scratch')).toBe('tmpfs\n');
  });

  test('an anonymous volume goes with its container', async () => {
    const volume = (await inspect('files')).Mounts.find(
      ({ Destination }) => Destination === '/anonymous',
    );
    await checkout.task('up', ['files', '--recreate', '--json'], { env });
    ids = await checkout.containers();
    await expect(checkout.docker.getVolume(volume?.Name ?? '').inspect()).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('a UDP port is published, on the loopback interface', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.send('ping', udp, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
    socket.close();
    expect((await inspect('udp')).NetworkSettings.Ports['5353/udp']).toEqual([
      { HostIp: '127.0.0.1', HostPort: `${udp}` },
    ]);
  });

  test('a port is on another interface only when asked, and that is said', async () => {
    expect(made.finished.services['open']?.endpoints).toEqual({
      http: { host: '0.0.0.0', port: open },
    });
    const [bound] = (await inspect('open')).NetworkSettings.Ports['8000/tcp'] ?? [];
    expect(bound).toEqual({ HostIp: '0.0.0.0', HostPort: `${open}` });
  });

  test('each port of a range is published as it is', async () => {
    expect(made.finished.services['many']?.endpoints).toEqual({
      node: { host: '127.0.0.1', port: first },
      'node-7001': { host: '127.0.0.1', port: first + 1 },
      'node-7002': { host: '127.0.0.1', port: first + 2 },
    });
    await opens(first + 2);
  });

  test('on this machine’s network, a container is at its own port and sees this machine’s addresses', async () => {
    await opens(onHost);
    const { finished } = await checkout.task('up', ['host', '--json'], { env });
    expect(finished.services['host']).toMatchObject({
      action: 'unchanged',
      endpoints: { web: { host: '127.0.0.1', port: onHost } },
    });
    const { Config } = await inspect('host');
    expect(Config.Env).toContain(`NODE=127.0.0.1:${first}`);
    expect((await inspect('beside')).Config.Env).toContain(
      `ON_HOST=host.docker.internal:${onHost}`,
    );
  });

  test('on another’s network, it has the other’s addresses, and is made anew with it', async () => {
    expect(await inside('joined', 'sh', '-c', 'nc -w 1 127.0.0.1 7001 && echo there')).toContain(
      'there',
    );
    const before = ids['joined'];
    const { finished } = await checkout.task('up', ['--json'], { env });
    expect(finished.services['joined']).toMatchObject({
      state: 'ready',
      action: 'unchanged',
      endpoints: { node: { host: '127.0.0.1', port: first + 1 } },
    });
    await checkout.docker.getContainer(ids['many'] ?? '').restart({ t: 0 });
    const { finished: again } = await checkout.task('up', ['--json'], { env });
    expect(again.services['joined']).toMatchObject({
      action: 'recreated',
      reason: { text: expect.stringContaining('started anew') as string },
    });
    ids = await checkout.containers();
    expect(ids['joined']).not.toBe(before);
  });

  test('a network that was there is joined, and outlives `down`', async () => {
    const { NetworkSettings } = await inspect('beside');
    expect(NetworkSettings.Networks[external]?.Aliases).toContain('known');
    expect((await checkout.task('down', ['--json'])).exitCode).toBe(0);
    expect((await checkout.docker.getNetwork(external).inspect()).Name).toBe(external);
  });

  test.each([
    [
      'a network that is not there',
      `networks: ['no-such-network']`,
      'DS_DOCKER_NETWORK_MISSING',
      3,
    ],
    [
      'a folder that has to be there',
      `volumes: [{ type: 'bind', source: './no-such', target: '/x', bind: { createHostPath: false } }]`,
      'DS_DOCKER_FIELD_INVALID',
      2,
    ],
    [
      'a variable that is not set',
      `secrets: { a: { environment: 'NOT_SET' } }`,
      'DS_FILE_UNREADABLE',
      2,
    ],
    ['a service that is not there', `networkMode: 'service:dbb'`, 'DS_CONFIG_INVALID', 2],
  ])('%s is told', async (_, fields, code, exitCode) => {
    checkout.write({
      'devservices.config.ts': `export default {
        services: { one: { run: { kind: 'container', image: '${image}', ${fields} } } },
      };`,
    });
    const ran = await checkout.task('up', ['--json']);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.finished.errors).toEqual([expect.objectContaining({ code })]);
    expect(await checkout.containers()).toEqual({});
  });
});

function opens(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
