import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a dependency that exits while it is awaited', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const { tools } = engine.images;
  const count = `i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo "line $i"; done; exit 3`;
  checkout.write({
    'devservices.config.json': JSON.stringify({
      services: {
        broken: {
          run: { kind: 'container', image: tools, command: ['sh', '-c', count] },
          ready: { kind: 'command', command: ['false'] },
        },
        api: {
          run: { kind: 'container', image: tools, command: ['sleep', '1000'] },
          dependsOn: ['broken'],
        },
        worker: {
          run: { kind: 'container', image: tools, command: ['sleep', '1000'] },
          dependsOn: ['api'],
        },
        alone: { run: { kind: 'container', image: tools, command: ['sleep', '1000'], init: true } },
      },
    }),
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('fails at once with its exit code and last 20 log lines; dependants are skipped, independents ready', async () => {
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(1);
    const { broken, api, worker, alone } = finished.services;
    expect(broken).toMatchObject({
      state: 'failed',
      action: 'failed',
      error: { code: 'DS_SERVICE_EXITED', exitCode: 3 },
    });
    expect(broken?.error?.logs).toEqual(
      Array.from({ length: 20 }, (_, index) => `line ${index + 11}`),
    );
    expect(api).toMatchObject({
      state: 'skipped',
      reason: { text: expect.stringContaining('broken') },
    });
    expect(worker).toMatchObject({
      state: 'skipped',
      reason: { text: expect.stringContaining('api') },
    });
    expect(alone).toMatchObject({ state: 'ready', action: 'created' });
    expect(finished).toMatchObject({
      ok: false,
      exitCode: 1,
      errors: [{ code: 'DS_SERVICE_EXITED' }],
    });
    expect(finished.elapsedMs).toBeLessThan(50_000);
    expect(stderr).not.toContain('    at ');
  });

  test('on a terminal’s behalf it explains itself: first cause, log, what was skipped, what to do', async () => {
    const { exitCode, stdout, stderr } = await checkout.task('up');
    const said = stdout + stderr;
    expect(exitCode).toBe(1);
    for (const part of ['exit code 3', 'line 30', 'api', 'worker', 'devservices logs broken']) {
      expect(said).toContain(part);
    }
  });

  test('nothing half-made stays: only what was started', async () => {
    const { stdout } = await checkout.task('status', ['--json']);
    const [{ services }] = [JSON.parse(stdout)].flat() as [
      { services: Record<string, { state: string }> },
    ];
    expect(services['api']?.state).toBe('stopped');
    expect(services['worker']?.state).toBe('stopped');
    expect(services['alone']?.state).toBe('ready');
  });
});
