import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createCheckout } from '../../../rig/checkout.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { startTlsProxy } from '../../../rig/tls-proxy.ts';
import { createFolder } from '../fake-engine.ts';

const rig = await ensureEngine();
const never = new AbortController().signal;

describe.skipIf(rig === null)('an engine that asks for certificates', async () => {
  if (!rig) return;
  const proxy = await startTlsProxy(rig.socketPath);
  afterAll(() => proxy.close());
  const host = `tcp://127.0.0.1:${proxy.port}`;

  async function outcomeOf(env: Record<string, string>): Promise<string> {
    const engine = createEngine({ env: { DOCKER_HOST: host, ...env }, home: '/nowhere' });
    onTestFinished(() => engine.close());
    return engine.connect(never).then(
      ({ url }) => url,
      ({ message }: Error) => message,
    );
  }

  /** The environment of a docker context with these files of a folder. */
  async function contextOf(from: string, names: string[], endpoint = {}) {
    const folder = await createFolder();
    const id = createHash('sha256').update('far').digest('hex');
    const tls = join(folder, 'contexts/tls', id, 'docker');
    await mkdir(tls, { recursive: true });
    await mkdir(join(folder, 'contexts/meta', id), { recursive: true });
    const docker = { Host: host, SkipTLSVerify: false, ...endpoint };
    await writeFile(
      join(folder, 'contexts/meta', id, 'meta.json'),
      JSON.stringify({ Name: 'far', Endpoints: { docker } }),
    );
    for (const name of names) await cp(join(from, name), join(tls, name));
    return { DOCKER_HOST: '', DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'far' };
  }

  test('brings services up and takes them down, with those of DOCKER_CERT_PATH', async () => {
    await using checkout = createCheckout(rig);
    checkout.write({
      'devservices.config.mjs': `export default { services: {
        redis: { run: { kind: 'container', image: '${rig.images.redis}' }, ports: { redis: { container: 6379, host: 'auto' } } },
      } };`,
    });
    const env = {
      DOCKER_HOST: host,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: proxy.certificates,
    };
    const up = await checkout.task('up', ['--json'], { env });
    expect(up.finished).toMatchObject({ ok: true, services: { redis: { state: 'ready' } } });
    // Its ports are on this machine: nothing has to be forwarded.
    expect(up.stderr).not.toContain('ssh -N');
    const down = await checkout.task('down', ['--json'], { env });
    expect(down.finished).toMatchObject({ ok: true });
    expect(await checkout.containers()).toEqual({});
  });

  test('takes those of a docker context', async () => {
    const names = ['ca.pem', 'cert.pem', 'key.pem'];
    expect(await outcomeOf(await contextOf(proxy.certificates, names))).toBe(
      `https://127.0.0.1:${proxy.port}`,
    );
  });

  test('is not trusted by another CA, unless its context says to skip that', async () => {
    const names = ['cert.pem', 'key.pem'];
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: proxy.strangers };
    expect(await outcomeOf(env)).toMatch(/its certificate is not trusted here \(.*\): see ca\.pem/);
    expect(await outcomeOf(await contextOf(proxy.certificates, names))).toContain(
      'not trusted here',
    );
    const skipping = await contextOf(proxy.certificates, names, { SkipTLSVerify: true });
    expect(await outcomeOf(skipping)).toBe(`https://127.0.0.1:${proxy.port}`);
  });

  test('says so where there is no client certificate, or another CA’s', async () => {
    const without = await contextOf(proxy.certificates, ['ca.pem']);
    expect(await outcomeOf(without)).toContain('client certificate');
    const names = ['cert.pem', 'key.pem'];
    const mixed = await contextOf(proxy.strangers, names, { SkipTLSVerify: true });
    expect(await outcomeOf(mixed)).toContain('client certificate');
  });

  test('a key that is none is told without its text', async () => {
    const env = await contextOf(proxy.certificates, ['ca.pem', 'cert.pem', 'key.pem']);
    const id = createHash('sha256').update('far').digest('hex');
    const key = join(env.DOCKER_CONFIG, 'contexts/tls', id, 'docker/key.pem');
    await writeFile(key, 'c2VjcmV0');
    const outcome = await outcomeOf(env);
    expect(outcome).toContain('No Docker engine answers');
    expect(outcome).not.toContain('c2VjcmV0');
  });
});
