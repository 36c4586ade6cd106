import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../plugins/control-api/client/index.ts';
import { createProcessCheckout, idle } from '../rig/process-checkout.ts';
import { startServer } from '../rig/live-server.ts';
import { startOnTerminal } from '../rig/live-task.ts';

describe('serve', () => {
  const checkout = createProcessCheckout();
  const own = (name: string): string => {
    const home = join(checkout.stateHome, 'devservices');
    const id = readdirSync(home).find((one) => /^[0-9a-f]{12}$/.test(one)) ?? '';
    return join(home, id, name);
  };
  beforeAll(() => {
    checkout.write({
      'devservices.config.json': JSON.stringify({
        plugins: ['devservices/plugins/control-api'],
        services: { web: { run: idle } },
      }),
    });
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('starts and stops a service for its owner, as the command line sees it too', async () => {
    const server = await startServer(checkout);
    const client = createHttpClient(server);
    await client.post('/services/{name}/start', { params: { name: 'web' } });
    const seen = await checkout.task('status', ['--json']);
    expect(JSON.parse(seen.stdout)).toMatchObject({ services: { web: { state: 'ready' } } });
    const { body } = await client.get('/services/{name}', { params: { name: 'web' } });
    expect(body).toMatchObject({ name: 'web', state: 'ready' });
    await client.post('/services/{name}/stop', { params: { name: 'web' } });
    expect(checkout.pids()).toEqual({});
    await expect(createHttpClient({ url: server.url }).get('/services')).rejects.toMatchObject({
      status: 401,
    });

    server.kill('SIGINT');
    const { exitCode, finished, stderr } = await server.ended;
    expect(exitCode, stderr).toBe(130);
    expect(finished).toMatchObject({ event: 'serve-finished', errors: [] });
    expect(existsSync(own('serve.json'))).toBe(false);
    expect(checkout.left().processes).toEqual([]);
    for (const file of files(checkout.outside)) {
      expect(readFileSync(file, 'latin1'), file).not.toContain(server.token);
    }
    expect(readFileSync(own('events.ndjson'), 'utf8')).toContain('"event":"serving"');
  });

  test('the second says where the first is; one that was killed is in nobody’s way', async () => {
    const first = await startServer(checkout);
    const second = await checkout.task('serve', ['--json']);
    expect(second.exitCode).toBe(3);
    expect(second.finished.errors).toMatchObject([{ code: 'DS_API_SERVED_ALREADY' }]);
    expect(second.stdout).toContain(`${first.url} already (pid ${first.pid})`);

    first.kill('SIGKILL');
    await first.ended;
    expect(existsSync(own('serve.json'))).toBe(true);
    const { port } = new URL(first.url);
    const third = await startServer(checkout, ['--port', port]);
    expect(third.url).toBe(first.url);
    expect(third.token).not.toBe(first.token);
    const answers = await Promise.all(
      [first.token, third.token].map((token) =>
        fetch(`${third.url}/api/0/services`, { headers: { authorization: `Bearer ${token}` } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 200]);
  });

  test('another address is refused, and taken where it is said to be meant', async () => {
    const refused = await checkout.task('serve', ['--host', '0.0.0.0', '--json']);
    expect(refused.exitCode).toBe(2);
    expect(refused.finished.errors).toMatchObject([{ code: 'DS_API_BIND_REFUSED' }]);
    const server = await startServer(checkout, ['--host', '127.0.0.2', '--insecure']);
    expect(new URL(server.url).hostname).toBe('127.0.0.2');
    expect((await fetch(`${server.url}/api/0/health`)).status).toBe(200);
  });

  test('TLS with a certificate that was made for it', async () => {
    makeCertificate(checkout.outside);
    const tls = ['--tls-cert', '../cert.pem', '--tls-key', '../key.pem'];
    const server = await startServer(checkout, ['--host', '127.0.0.2', ...tls]);
    expect(server.url).toMatch(/^https:\/\/localhost:\d+$/);
    const url = server.url.replace('localhost', '127.0.0.2');
    const ca = readFileSync(join(checkout.outside, 'cert.pem'));
    const { token } = server;
    const { body } = await createHttpClient({ url, token, ca }).get('/services');
    expect(body).toMatchObject({ services: [{ name: 'web' }] });
    const unreachable = { code: 'DS_API_UNREACHABLE' };
    await expect(createHttpClient({ url, token }).get('/services')).rejects.toMatchObject(
      unreachable,
    );
    const clear = createHttpClient({ url: url.replace('https', 'http'), token });
    await expect(clear.get('/services')).rejects.toMatchObject(unreachable);
    expect((await createHttpClient({ url, token, ca }).get('/services')).status).toBe(200);
  });

  test('on a terminal it says where, and ends by Ctrl-C', async () => {
    const serve = `"$NODE" --import "$TSX" "$TASKS/serve.ts"; echo "status $?"`;
    const session = startOnTerminal(serve, { cwd: checkout.root, env: checkout.env });
    onTestFinished(() => session.kill('SIGKILL'));
    await session.said('Ctrl-C.');
    session.write('\u0003');
    const { stdout } = await session.ended;
    expect(stdout).toMatch(/Serving on \S*http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}/);
    expect(stdout).toContain('status 130');
    expect(existsSync(own('serve.json'))).toBe(false);
  });

  test('what does not serve loads nothing of it, a client of another server neither', async () => {
    const seen = join(checkout.outside, 'seen');
    const hook = `import { appendFileSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  appendFileSync(${JSON.stringify(seen)}, found.url + '\\n');
  return found;
}`;
    checkout.write({
      '../hook.mjs': hook,
      '../probe.mjs': `import { register } from 'node:module';\nregister('./hook.mjs', import.meta.url);`,
    });
    const probe = pathToFileURL(join(checkout.outside, 'probe.mjs')).href;
    const env = { NODE_OPTIONS: `--import=${probe}` };
    const loads = async (ran: Promise<{ exitCode: number; stderr: string }>, status = 0) => {
      const { exitCode, stderr } = await ran;
      expect(exitCode, stderr).toBe(status);
      const urls = readFileSync(seen, 'utf8');
      rmSync(seen);
      return urls.includes('/node_modules/hono/');
    };
    expect(await loads(checkout.task('status', [], { env }))).toBe(false);
    expect(await loads(checkout.task('serve', ['--host', '0.0.0.0'], { env }), 2)).toBe(true);
    const server = await startServer(checkout);
    const script = `
      import { createHttpClient } from 'devservices/plugins/control-api/client';
      const { body } = await createHttpClient({ url: '${server.url}/#${server.token}' }).get('/services');
      if (body.services[0].name !== 'web') process.exit(1);`;
    const client = checkout.run([process.execPath, '--input-type=module', '-e', script], { env });
    expect(await loads(client)).toBe(false);
  });

  test('without the plugin it says what to add', async () => {
    const file = join(checkout.outside, 'bare.json');
    checkout.write({ '../bare.json': '{}' });
    const { exitCode, finished } = await checkout.task('serve', ['--json', '--config', file]);
    expect(exitCode).toBe(2);
    expect(finished.errors).toMatchObject([
      { hint: expect.stringContaining('devservices/plugins/control-api') },
    ]);
  });
});

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function makeCertificate(folder: string): void {
  const subject = '-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.2';
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ${subject}`;
  execFileSync('openssl', [...words.split(' '), '-keyout', 'key.pem', '-out', 'cert.pem'], {
    cwd: folder,
    stdio: 'ignore',
  });
}
