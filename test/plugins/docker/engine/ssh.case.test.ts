import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DevServicesError } from 'devservices';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createCheckout } from '../../../rig/checkout.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { startSshServer } from '../../../rig/ssh-server.ts';
import type { SshServer } from '../../../rig/ssh-server.ts';

const engine = await ensureEngine();
const never = new AbortController().signal;
const repo = join(import.meta.dirname, '../../../..');
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

describe.skipIf(engine === null)('an engine behind ssh', async () => {
  if (!engine) return;
  const server = await startSshServer({ DOCKER_HOST: engine.url });
  afterAll(() => server.close());
  const url = `ssh://root@127.0.0.1:${server.port}${engine.socketPath}`;

  async function failureOf(
    address: string,
    env: Readonly<Record<string, string>> = { PATH: server.path },
  ): Promise<DevServicesError> {
    const opened = createEngine({ engine: address, env });
    onTestFinished(() => opened.close());
    return opened.connect(never).then(
      () => expect.fail('it was reached'),
      (thrown: DevServicesError) => thrown,
    );
  }

  test('brings services up, shows their logs and takes them down', async () => {
    await using checkout = createCheckout(engine);
    const [redis, http] = await freePorts(2);
    checkout.write({
      'devservices.config.mjs': `export default { services: {
        redis: {
          run: { kind: 'container', image: '${engine.images.redis}' },
          ports: { redis: { container: 6379, host: ${redis} } },
        },
        site: {
          run: {
            kind: 'container', image: '${engine.images.tools}',
            command: ['sh', '-c', ${JSON.stringify(
              `while :; do printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhi' | nc -l -p 8080 -q 0; done`,
            )}],
          },
          ports: { http: { container: 8080, host: ${http} } },
          ready: { kind: 'http', path: '/', deadline: '20s' },
        },
      } };`,
    });
    const env = { PATH: server.path, DOCKER_HOST: url };
    const up = await checkout.task('up', ['--json'], { env });
    // Its loopback address is this machine's own: the ports are here already, and no ssh stays for them.
    expect(up.stderr).toBe('');
    await expectNoClients(server);
    const answer = await fetch(`http://127.0.0.1:${http}/`);
    expect(await answer.text()).toBe('hi');
    expect(up.finished).toMatchObject({
      ok: true,
      services: { redis: { state: 'ready' }, site: { state: 'ready' } },
    });
    const again = await checkout.task('up', ['--json'], { env });
    expect(again.finished.services['redis']).toMatchObject({ action: 'unchanged' });
    const status = await checkout.task('status', ['--json'], { env });
    expect(JSON.parse(status.stdout)).toMatchObject({
      services: { redis: { reason: { text: 'ready' } } },
    });
    const logs = await checkout.task('logs', ['redis'], { env });
    expect(logs.stdout).toContain('Ready to accept connections');
    const down = await checkout.task('down', ['--json'], { env });
    expect(down.finished).toMatchObject({ ok: true });
    expect(await checkout.containers()).toEqual({});
    await expectNoClients(server);
  });

  test('Ctrl-C, which a terminal sends to every process of its own, still lets up clean up', async () => {
    await using checkout = createCheckout(engine);
    checkout.write({
      'devservices.config.mjs': `export default { services: {
        slow: {
          run: { kind: 'container', image: '${engine.images.tools}', command: 'sleep 1000', init: true },
          ready: { kind: 'command', command: ['false'] },
        },
        later: {
          run: { kind: 'container', image: '${engine.images.tools}', command: 'sleep 1000' },
          dependsOn: ['slow'],
        },
      } };`,
    });
    const key = join(checkout.outside, 'key');
    execFileSync('mkfifo', [key]);
    const up = `${process.execPath} --import ${tsx} ${join(repo, 'tasks/up.ts')} --json --verbose`;
    // A group of its own, to which the interrupt goes when the key is pressed.
    const shell = `set -m; ${up} & read -r _ < ${key}; kill -INT -- -$!; wait $!`;
    let all = '';
    let isPressed = false;
    const ran = await checkout.run(['bash', '-c', shell], {
      env: { PATH: server.path, DOCKER_HOST: url },
      onOutput(text) {
        all += text;
        const isPrepared = /"phase-ended","phase":"prepare","service":"later"/.test(all);
        if (isPressed || !isPrepared || !all.includes('"state":"running"')) return;
        isPressed = true;
        writeFileSync(key, 'c');
      },
    });
    expect(ran.exitCode).toBe(130);
    expect(ran.finished).toMatchObject({ ok: false, errors: [{ code: 'DS_TASK_INTERRUPTED' }] });
    expect(ran.stderr).toContain(`The engine is ssh://root@127.0.0.1:${server.port}`);
    expect(ran.stderr).not.toContain('DS_DOCKER_LOST');
    // What was made and not started is gone: the engine was asked after the interrupt.
    expect(Object.keys(await checkout.containers())).toEqual(['slow']);
    await expectNoClients(server);
  });

  test('is asked by the client, with more connections at once than an sshd lets in', async () => {
    const opened = createEngine({ engine: url, env: { PATH: server.path } });
    const client = await opened.client();
    const answers = await Promise.all(Array.from({ length: 16 }, () => client.version()));
    expect(new Set(answers.map(({ ApiVersion }) => ApiVersion))).toEqual(
      new Set([engine.apiVersion]),
    );
    expect(server.clients().length).toBeGreaterThan(0);
    opened.close();
    await expectNoClients(server);
  });

  test('may be an alias of the user’s ssh configuration, without a path', async () => {
    const opened = createEngine({ engine: 'ssh://box', env: { PATH: server.path } });
    await opened.connect(never);
    expect(opened.url).toBe('ssh://box');
    expect(await opened.list({ label: ['no=such'] }, never)).toEqual([]);
    opened.close();
  });

  test('is not troubled by what the configuration does for people', async () => {
    const [forward] = await freePorts(1);
    server.writeClientConfig(
      `RemoteCommand tmux\nRequestTTY force\nLocalForward ${forward} 127.0.0.1:1\nExitOnForwardFailure yes`,
    );
    onTestFinished(() => server.writeClientConfig(''));
    const opened = createEngine({ engine: 'ssh://box', env: { PATH: server.path } });
    await opened.connect(never);
    expect(await opened.list({ label: ['no=such'] }, never)).toEqual([]);
    opened.close();
  });

  test('leads to a port of the other machine', async () => {
    const opened = createEngine({ engine: url, env: { PATH: server.path } });
    const site = createServer((_, response) => response.end('over there'));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { port } = site.address() as { port: number };
    const reached = await opened.reach(port, never);
    expect(reached.port).not.toBe(port);
    const answer = await fetch(`http://${reached.host}:${reached.port}/`);
    expect(await answer.text()).toBe('over there');
    site.closeAllConnections();
    site.close();
    opened.close();
    await expectNoClients(server);
  });

  test('is refused while its host key is not known, with ssh’s own words', async () => {
    server.setKnown(false);
    onTestFinished(() => server.setKnown(true));
    const failure = await failureOf(url);
    expect(failure).toMatchObject({ code: 'DS_DOCKER_UNREACHABLE', blame: 'environment' });
    expect(failure.message).toContain('Host key verification failed');
    await expectNoClients(server);
  });

  test('a key that is not let in, a port where nobody listens and an unknown name are told apart', async () => {
    const [free] = await freePorts(1);
    const of = async (address: string) => (await failureOf(address)).message;
    expect(await of(`ssh://nobody@127.0.0.1:${server.port}`)).toContain('Permission denied');
    expect(await of(`ssh://root@127.0.0.1:${free}`)).toContain('Connection refused');
    expect(await of('ssh://no-such-host.invalid')).toContain('Could not resolve hostname');
    expect(await of(`ssh://root@127.0.0.1:${server.port}/nowhere/e.sock`)).toMatch(
      /no such file|cannot connect/i,
    );
  });

  test('without an ssh on the PATH that is what is told', async () => {
    const failure = await failureOf(url, { PATH: '/nowhere' });
    expect(failure.message).toContain('there is no `ssh` on the PATH');
  });

  test('where the other side has no docker CLI, ssh is asked to forward the socket', async () => {
    const bare = await startSshServer({ PATH: '/nowhere' });
    onTestFinished(() => bare.close());
    const address = `ssh://root@127.0.0.1:${bare.port}${engine.socketPath}`;
    const opened = createEngine({ engine: address, env: { PATH: bare.path } });
    onTestFinished(() => opened.close());
    const outcome = await opened.connect(never).then(
      () => 'reached',
      ({ message }: Error) => message,
    );
    const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(
      spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr,
    ) as unknown as [string, string, string];
    const isNewEnough = Number(major) > 9 || (Number(major) === 9 && Number(minor) >= 4);
    expect(outcome).toMatch(
      isNewEnough ? /^reached$/ : /no docker CLI is on the PATH.*only an ssh from OpenSSH 9\.4 on/,
    );
  });

  test('an interrupt ends the connection that is being made', async () => {
    const stop = new AbortController();
    server.writeClientConfig('ProxyCommand sleep 1000');
    onTestFinished(() => server.writeClientConfig(''));
    const opened = createEngine({ engine: 'ssh://box', env: { PATH: server.path } });
    const connecting = opened.connect(stop.signal);
    await expect.poll(() => server.clients().length).toBeGreaterThan(0);
    stop.abort(new Error('interrupted'));
    await expect(connecting).rejects.toThrow('interrupted');
    await expectNoClients(server);
  });
});

async function expectNoClients(server: SshServer): Promise<void> {
  await expect.poll(() => server.clients(), { timeout: 10_000 }).toEqual([]);
}
