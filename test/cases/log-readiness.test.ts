import { describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('readiness by a line of the log', () => {
  if (!engine) return;

  test('a line of the run before does not count', async () => {
    await using checkout = createCheckout(engine);
    const slowSecondTime =
      'if [ -e /been ]; then sleep 2; fi; touch /been; echo open now; exec sleep 1000';
    checkout.write({
      'devservices.config.json': JSON.stringify({
        services: {
          app: {
            run: {
              kind: 'container',
              image: engine.images.tools,
              init: true,
              command: ['sh', '-c', slowSecondTime],
            },
            ready: { kind: 'log', pattern: '^open now$' },
          },
        },
      }),
    });
    expect((await checkout.task('up')).exitCode).toBe(0);
    const { app = '' } = await checkout.containers();
    await checkout.docker.getContainer(app).stop({ t: 1 });

    const { exitCode, finished } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(0);
    expect(finished.services['app']).toMatchObject({ state: 'ready', action: 'started' });
    expect(await checkout.containers()).toEqual({ app });
    const { stdout } = await checkout.task('logs', ['app']);
    expect(stdout.split('\n').filter((line) => line.includes('open now'))).toHaveLength(2);
  });
});
