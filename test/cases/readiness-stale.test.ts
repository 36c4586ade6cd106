import { describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { configure, shell } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('health of an earlier run', () => {
  if (!engine) return;
  const { tools } = engine.images;
  // Counts the checks of this run, which passes after eight of them; the first run may be told to pass at once.
  const counting = (firstRun: string, check: string) =>
    shell(
      tools,
      `if [ -e /been ]; then rm -f /tries; fi; ${firstRun}; touch /been; exec sleep 1000`,
      {
        healthcheck: {
          test: `echo x >> /tries; test $(wc -l < /tries) -gt 8 && ${check}`,
          interval: '100ms',
          retries: 1,
        },
        volumes: ['./told:/told'],
      },
    );
  const healthyAtOnce = '[ -e /been ] || seq 20 > /tries';

  test('stale verdicts say nothing: unhealthy or healthy, stopped or restarted by hand', async () => {
    await using checkout = createCheckout(engine);
    configure(checkout, {
      sick: { run: counting(':', 'test -e /told/well') },
      sound: { run: counting(healthyAtOnce, 'true') },
      restarted: { run: counting(healthyAtOnce, 'true') },
    });
    const first = await checkout.task('up', ['--json', '--wait-timeout', '5']);
    expect(first.exitCode, first.stderr).toBe(1);
    expect(first.finished.services).toMatchObject({
      sick: { state: 'failed', error: { code: 'DS_SERVICE_NOT_READY' } },
      sound: { state: 'ready' },
      restarted: { state: 'ready' },
    });
    const before = await checkout.containers();
    const container = (name: string) => checkout.docker.getContainer(before[name] ?? '');
    expect((await container('sick').inspect()).State.Health?.Status).toBe('unhealthy');
    await Promise.all([container('sick').kill(), container('sound').kill()]);
    await container('restarted').restart({ t: 0 });
    checkout.write({ 'told/well': '' });

    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode, stderr).toBe(0);
    expect(finished.services).toMatchObject({
      sick: { state: 'ready', action: 'started' },
      sound: { state: 'ready', action: 'started' },
      restarted: { state: 'ready', action: 'unchanged' },
    });
    expect(await checkout.containers()).toEqual(before);
    for (const name of Object.keys(before)) {
      const { State } = await container(name).inspect();
      expect(State.Health?.Status, name).toBe('healthy');
    }
  });
});
