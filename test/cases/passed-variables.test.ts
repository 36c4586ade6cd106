import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { createProcessCheckout } from '../rig/process-checkout.ts';
import { sleepCommand } from '../rig/registry/push-image.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('variables that a plugin passes to one start', () => {
  if (!engine) return;
  const checkout = createProcessCheckout(engine);
  afterAll(() => checkout[Symbol.asyncDispose]());

  const config = `
    import { container, defineConfig, definePlugin, hostProcess } from 'devservices';
    const passer = definePlugin({
      name: 'passer',
      setup({ hooks }) {
        hooks.beforeUp.tap('passer', ({ plan, pass }) => {
          const trace = process.env.MARK;
          if (trace === undefined) return;
          for (const name of Object.keys(plan.services)) pass(name, { TRACE: trace, OWN: 'passed' });
        });
      },
    });
    const environment = { OWN: 'own' };
    export default defineConfig({
      plugins: [passer],
      services: {
        box: { run: container({ image: '${engine.images.tools}', command: ${JSON.stringify(sleepCommand)}, environment }) },
        worker: { run: hostProcess({ command: ['sleep', '1000'], environment }) },
      },
    });`;
  const up = async (mark: string | undefined, ...args: string[]) => {
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json', ...args], {
      env: { MARK: mark },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return Object.fromEntries(
      Object.entries(finished.services).map(([name, { action }]) => [name, action]),
    );
  };
  const standing = async () => ({ pids: checkout.pids(), containers: await checkout.containers() });
  /** TRACE and OWN as the container and the process itself have them. */
  const variables = async () => {
    const { pids, containers } = await standing();
    const { Config } = await checkout.docker.getContainer(containers['box'] ?? '').inspect();
    const environ = readFileSync(`/proc/${pids['worker']}/environ`, 'utf8').split('\0');
    const pick = (lines: readonly string[]) =>
      lines.filter((line) => /^(?:TRACE|OWN)=/.test(line)).toSorted();
    return { box: pick(Config.Env ?? []), worker: pick(environ) };
  };

  test('reach the container and the process, below what they have themselves', async () => {
    checkout.write({ 'devservices.config.ts': config });
    expect(await up('one')).toEqual({ box: 'created', worker: 'created' });
    const both = ['OWN=own', 'TRACE=one'];
    expect(await variables()).toEqual({ box: both, worker: both });
  });

  test('are no change by themselves: what runs stays as it is with other ones, and with none', async () => {
    const before = await standing();
    for (const mark of ['two', undefined]) {
      expect(await up(mark)).toEqual({ box: 'unchanged', worker: 'unchanged' });
    }
    expect(await standing()).toEqual(before);
    const both = ['OWN=own', 'TRACE=one'];
    expect(await variables()).toEqual({ box: both, worker: both });
  });

  test('are the new ones for what is made anew, and for a process that is started again', async () => {
    expect(await up('three', '--recreate')).toEqual({ box: 'recreated', worker: 'recreated' });
    const both = ['OWN=own', 'TRACE=three'];
    expect(await variables()).toEqual({ box: both, worker: both });

    const restart = await checkout.task('restart', ['worker', '--json'], { env: { MARK: 'four' } });
    expect(restart.exitCode).toBe(0);
    expect(await variables()).toEqual({ box: both, worker: ['OWN=own', 'TRACE=four'] });
    expect(await up('five')).toEqual({ box: 'unchanged', worker: 'unchanged' });
  });
});
