import { afterAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { createProcessCheckout, server } from '../rig/process-checkout.ts';

const engine = await ensureEngine();

const ping = `
  const [host, port] = process.env.CACHE.split(':');
  const socket = require('node:net').connect(port, host, () => socket.write('PING\\r\\n'));
  socket.on('data', (said) => { console.log('cache says ' + said); process.exit(0); });
  socket.on('error', (error) => { console.log(error.message); process.exit(1); });`;

describe.skipIf(engine === null)('addresses of dependencies in variables', async () => {
  if (!engine) return;
  const checkout = createProcessCheckout(engine);
  const [port, cachePort] = await freePorts(2);
  afterAll(() => checkout[Symbol.asyncDispose]());

  const relay = server({ environment: { GREETING: 'hello' } });
  const config = `
services:
  relay:
    run: ${JSON.stringify(relay)}
    ports: { http: ${port} }
  cache:
    run: { kind: container, image: '${engine.images.redis}' }
    ports: { redis: { container: 6379, host: ${cachePort} } }
  box:
    run:
      kind: container
      image: '${engine.images.tools}'
      command: ['/usr/bin/busybox', 'sh', '-c', 'echo "$CACHE"; exec busybox wget -qO- "$RELAY"']
      environment: { RELAY: 'http://{address.relay.http}/', CACHE: '{address.cache.redis}' }
    dependsOn: [relay, cache]
  worker:
    run:
      kind: process
      command: ${JSON.stringify([process.execPath, '-e', ping])}
      environment: { CACHE: '{address.cache.redis}', RELAY: '{address.relay.http}' }
    dependsOn: [cache, relay]
  last:
    run: { kind: process, command: [sleep, '1000'] }
    dependsOn: { box: completed, worker: completed }
`;
  const logs = async (name: string) => (await checkout.task('logs', [name])).stdout;

  test('are right for a container and for a process, wherever the dependency runs', async () => {
    checkout.write({ 'devservices.config.yaml': config });
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(finished.services).toMatchObject({
      box: { state: 'completed' },
      last: { state: 'ready' },
    });
    const box = await logs('box');
    expect(box).toContain('box | cache:6379');
    // It came through to a process that listens on loopback alone.
    expect(box).toContain(`${checkout.pids()['relay']} hello`);
    expect(await logs('worker')).toContain('cache says +PONG');
    expect(checkout.record('worker').target.run['environment']).toEqual({
      CACHE: `127.0.0.1:${cachePort}`,
      RELAY: `127.0.0.1:${port}`,
    });
  });

  test('are no change while they stay the same, and one that is not there has its place', async () => {
    const again = await checkout.task('up', ['--json']);
    expect(Object.values(again.finished.services).map(({ action }) => action)).toEqual(
      Array.from({ length: 5 }, () => 'unchanged'),
    );
    checkout.write({
      'devservices.config.yaml': config.replace('{address.relay.http}/', '{address.relay.htp}/'),
    });
    const refused = await checkout.task('up', ['--json']);
    expect(refused.exitCode).toBe(2);
    expect(refused.finished.errors[0]?.message).toMatch(
      /services\.box\.run\.docker\.environment\.RELAY \(devservices\.config\.yaml:14\): relay has no port "htp"\. Did you mean "http"\?/,
    );
  });
});
