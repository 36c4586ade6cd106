import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { configure, shell } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a redis that loads its data', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const makeData = [
    "redis-server --port 0 --unixsocket /tmp/own --enable-debug-command yes --save '' &",
    'until redis-cli -s /tmp/own ping | grep -q PONG; do :; done',
    'redis-cli -s /tmp/own debug populate 1500',
    'redis-cli -s /tmp/own shutdown save',
    'wait',
  ];
  // A millisecond a key: loading takes a second and a half, in which redis answers that it loads.
  const loadSlowly =
    'exec redis-server --protected-mode no --key-load-delay 1000 --loading-process-events-interval-bytes 1024';
  const redis = {
    run: shell(engine.images.redis, [...makeData, loadSlowly].join('\n')),
    ready: { kind: 'command', command: ['redis-cli', 'ping'], pattern: 'PONG' },
  };
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('redis LOADING is not healthy', async () => {
    configure(checkout, { redis });
    const { exitCode, finished, json, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode, stderr).toBe(0);
    expect(finished.services['redis']).toMatchObject({ state: 'ready' });
    const said = json.flatMap((event) => (event.event === 'probe-failed' ? event.text : []));
    expect(said).toContain(
      'redis-cli said LOADING Redis is loading the dataset in memory, not /PONG/',
    );
    const order = json.flatMap((event) =>
      event.event === 'probe-failed' || (event.event === 'service-state' && event.state === 'ready')
        ? event.event
        : [],
    );
    expect(order.at(-1)).toBe('service-state');
    const { redis: id = '' } = await checkout.containers();
    const log = await checkout.docker.getContainer(id).logs({ stdout: true, timestamps: true });
    const loaded = /(\d{4}-\S+Z) .*Done loading/.exec(log.toString())?.[1] ?? '';
    const ready = json.find((event) => event.event === 'service-state' && event.state === 'ready');
    expect(Date.parse(ready?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(loaded));
  });
});
