import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('Ctrl-C during `up`', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const sleeper = {
    kind: 'container',
    image: engine.images.tools,
    command: ['sleep', '1000'],
    init: true,
  };
  const configure = (probe: string) =>
    checkout.write({
      'devservices.config.json': JSON.stringify({
        services: {
          slow: { run: sleeper, ready: { kind: 'command', command: [probe] } },
          next: { run: sleeper, dependsOn: ['slow'] },
        },
      }),
    });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('removes what was created and not started, leaves what was started, and exits with 130', async () => {
    configure('false');
    let asked = false;
    const { exitCode, finished } = await checkout.task('up', ['--json'], {
      onOutput(text, kill) {
        // Once, when one is awaited and the other is made and waits for it.
        if (asked || !text.includes('"probe-failed"')) return;
        asked = true;
        kill('SIGINT');
      },
    });
    expect(exitCode).toBe(130);
    expect(finished).toMatchObject({ event: 'up-finished', ok: false, exitCode: 130 });
    expect(finished.services).toMatchObject({
      slow: { state: 'running', action: 'created' },
      next: { state: 'pending', action: 'skipped', reason: { code: 'not-started' } },
    });
    expect(Object.keys(await checkout.containers())).toEqual(['slow']);
  });

  test('a later `up` goes on from there', async () => {
    const { slow } = await checkout.containers();
    configure('true');
    const { exitCode, finished } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(0);
    expect(finished.services['slow']).toMatchObject({ state: 'ready', action: 'unchanged' });
    expect(finished.services['next']).toMatchObject({ state: 'ready', action: 'created' });
    expect((await checkout.containers())['slow']).toBe(slow);
  });
});
