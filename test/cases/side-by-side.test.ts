import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)(
  'two projects side by side: neither touches the other',
  async () => {
    if (!engine) return;
    const one = createCheckout(engine);
    const other = createCheckout(engine, { beside: one });
    const [port] = await freePorts(1);
    const config = {
      // Two clones of one repo.
      project: `shop-${port}`,
      services: {
        redis: {
          run: { kind: 'container', image: engine.images.redis, volumes: ['data:/data'] },
          ports: { redis: { container: 6379, host: port } },
        },
      },
    };
    for (const checkout of [one, other]) {
      checkout.write({ 'devservices.config.json': JSON.stringify(config) });
    }
    afterAll(async () => {
      // The second one's records are in the first one's state home.
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    });

    test('two `up` of one checkout at once: one makes, the other finds nothing to do', async () => {
      const ran = await Promise.all([one.task('up', ['--json']), one.task('up', ['--json'])]);
      expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(new Set(ran.map(({ finished }) => finished.services['redis']?.action))).toEqual(
        new Set(['created', 'unchanged']),
      );
    });

    test('a second checkout of the same name gets a project and a port of its own, and keeps them', async () => {
      const first = await other.task('up', ['--json']);
      expect(first.exitCode).toBe(0);
      const { redis } = first.finished.services;
      expect(redis).toMatchObject({ state: 'ready', action: 'created' });
      expect(redis?.endpoints['redis']?.port).not.toBe(port);
      const [event] = first.json.slice(-1);
      expect(event?.project).toMatch(new RegExp(`^shop-${port}-[0-9a-f]{4}$`));

      const { finished } = await other.task('up', ['--json']);
      expect(finished.services['redis']).toMatchObject({
        action: 'unchanged',
        endpoints: redis?.endpoints,
      });
    });

    test('`down` and `reset` of one leave the other alone', async () => {
      const { exitCode, finished } = await other.task('reset', ['--yes', '--json']);
      expect({ exitCode, redis: finished.services['redis']?.action }).toEqual({
        exitCode: 0,
        redis: 'removed',
      });
      const { finished: still } = await one.task('up', ['--json']);
      expect(still.services['redis']).toMatchObject({ action: 'unchanged' });
    });
  },
);
