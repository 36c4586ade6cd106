import { describe, expect, test, vi } from 'vitest';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { createCaseProject, never } from './case-project.ts';

const engine = await ensureEngine();
const within20s = { timeout: 20_000, interval: 100 };

describe.skipIf(engine === null)('what containers use, on a real engine', () => {
  const { socketPath = '', images } = engine ?? {};
  const image = images?.tools ?? '';
  const open = async () => {
    const made = await createCaseProject(socketPath);
    const stats = made.runner.stats?.bind(made.runner);
    if (!stats) throw new Error('the runner of containers tells no stats');
    return { ...made, stats };
  };

  test('time of processors grows with what is computed, and stands still for who sleeps', async () => {
    const { run, target, stats } = await open();
    const burner = await run(
      target('burner', { image, command: ['sh', '-c', 'while :; do :; done'] }),
    );
    const sleeper = await run(target('sleeper', { image, command: 'sleep 600' }));
    const idle = await stats(sleeper, never);
    const before = await stats(burner, never);
    expect(before).toMatchObject({ processes: 1, memoryLimitBytes: null });
    await vi.waitFor(
      async () =>
        expect((await stats(burner, never))?.cpuMs).toBeGreaterThan((before?.cpuMs ?? 0) + 500),
      within20s,
    );
    const after = await stats(sleeper, never);
    expect((after?.cpuMs ?? NaN) - (idle?.cpuMs ?? NaN)).toBeLessThan(250);
  }, 60_000);

  test('bytes that a container receives and sends are counted', async () => {
    const { run, target, stats } = await open();
    const sink = await run(
      target('sink', { image, command: ['sh', '-c', 'nc -l -p 7000 > /dev/null; exec sleep 600'] }),
    );
    const before = await stats(sink, never);
    expect(before?.networkReceivedBytes).not.toBeNull();
    const send = 'until head -c 3000000 /dev/zero | nc -w 5 sink 7000; do :; done; exec sleep 600';
    const source = await run(target('source', { image, command: ['sh', '-c', send] }));
    await vi.waitFor(async () => {
      const received = (await stats(sink, never))?.networkReceivedBytes ?? 0;
      expect(received - (before?.networkReceivedBytes ?? 0)).toBeGreaterThan(3_000_000);
      expect((await stats(source, never))?.networkSentBytes).toBeGreaterThan(3_000_000);
    }, within20s);
  }, 60_000);

  test('memory is what cannot be taken back, beside the limit; without a network of its own there are no bytes', async () => {
    const { run, target, stats } = await open();
    const held = 40_000_000;
    const hold = `head -c ${held} /dev/zero > /dev/shm/held; exec sleep 600`;
    const holder = await run(
      target('holder', {
        image,
        command: ['sh', '-c', hold],
        memory: '256m',
        networkMode: 'none',
        // Podman cannot say where this machine is for who has no network.
        extraHosts: ['host.docker.internal:127.0.0.1'],
      }),
    );
    await vi.waitFor(
      async () => expect((await stats(holder, never))?.memoryBytes).toBeGreaterThan(held),
      within20s,
    );
    expect(await stats(holder, never)).toMatchObject({
      memoryLimitBytes: 256 * 1024 * 1024,
      networkReceivedBytes: null,
      networkSentBytes: null,
    });
  }, 60_000);

  test('one that has ended or is gone uses nothing that could be told', async () => {
    const { runner, run, prepare, target, stats } = await open();
    const made = await prepare(target('made', { image, command: 'sleep 600' }));
    expect(await stats(made, never)).toBeUndefined();
    const job = await run(target('job', { image, command: 'sleep 600', stopSignal: 'SIGKILL' }));
    expect(await stats(job, never)).toMatchObject({ processes: 1 });
    await runner.stop(job, { signal: never });
    await vi.waitFor(async () => expect(await stats(job, never)).toBeUndefined(), within20s);
    await runner.remove(job, never);
    expect(await stats(job, never)).toBeUndefined();
  }, 60_000);

  test('an abort ends the question', async () => {
    const { run, target, stats } = await open();
    const job = await run(target('job', { image, command: 'sleep 600' }));
    const reason = new Error('enough');
    await expect(stats(job, AbortSignal.abort(reason))).rejects.toBe(reason);
  }, 60_000);
});
