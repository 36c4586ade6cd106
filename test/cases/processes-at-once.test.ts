import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../rig/free-ports.ts';
import {
  createProcessCheckout,
  idle,
  isListening,
  nothing,
  server,
  shell,
} from '../rig/process-checkout.ts';

describe('commands on processes that come at the same time', async () => {
  const checkout = createProcessCheckout();
  const [port] = await freePorts(1);
  const api = { run: server(), ports: { http: port } };
  const answer = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}`)).text();
  /** Every start of it so far, by the pid that it said. */
  const starts = async (service: string): Promise<string[]> => {
    const { stdout } = await checkout.task('logs', [service]);
    return stdout.split('\n').filter((line) => line.startsWith(`${service} | up `));
  };

  afterEach(async () => {
    await checkout.task('down');
    rmSync(join(checkout.root, 'gate'), { force: true });
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('two `up` make one of each', async () => {
    checkout.configure({ api, worker: { run: idle, dependsOn: ['api'] } });
    const both = await Promise.all([1, 2].map(() => checkout.task('up', ['--json'])));
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const actions = both.map(({ finished }) => finished.services['worker']?.action);
    expect(new Set(actions)).toEqual(new Set(['created', 'unchanged']));
    expect(await starts('worker')).toHaveLength(1);
    expect(checkout.left().processes).toHaveLength(2);
  });

  test('two `restart` make one, and what they do not name is left alone', async () => {
    checkout.configure({ worker: { run: idle }, beside: { run: idle } });
    await checkout.task('up');
    const { beside } = checkout.pids();
    const both = await Promise.all([1, 2].map(() => checkout.task('restart', ['worker'])));
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await starts('worker')).toHaveLength(2);
    expect(checkout.pids()['beside']).toBe(beside);
    expect(checkout.left().processes).toHaveLength(2);
  });

  test('a restart of what is being started waits, and leaves one', async () => {
    checkout.configure({
      worker: { run: idle, ready: { kind: 'command', command: ['test', '-e', 'gate'] } },
    });
    let restart: Promise<{ exitCode: number }> | undefined;
    const up = await checkout.task('up', ['--json'], {
      onOutput(text) {
        if (restart || !text.includes('"probe-failed"')) return;
        restart = checkout.task('restart', ['worker'], {
          onError(said) {
            if (said.includes('Waiting for')) checkout.write({ gate: '' });
          },
        });
      },
    });
    expect(up.exitCode).toBe(0);
    expect((await restart)?.exitCode).toBe(0);
    expect(checkout.left().processes).toHaveLength(1);
    expect(Object.keys(checkout.pids())).toEqual(['worker']);
  });

  test('`down` and `up` right after each other have the same port again', async () => {
    checkout.configure({ api });
    await checkout.task('up');
    const seen = [await answer()];
    for (let round = 0; round < 3; round += 1) {
      expect((await checkout.task('down')).exitCode).toBe(0);
      expect(isListening(port)).toBe(false);
      const { exitCode, stderr } = await checkout.task('up');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      seen.push(await answer());
    }
    expect(new Set(seen).size).toBe(4);
  });

  test('Ctrl-C in mid-up leaves what was started, and nothing that was not', async () => {
    checkout.configure({
      slow: { run: idle, ready: { kind: 'command', command: ['test', '-e', 'gate'] } },
      next: { run: idle, dependsOn: ['slow'] },
    });
    let isAsked = false;
    const { exitCode, finished } = await checkout.task('up', ['--json'], {
      onOutput(text, kill) {
        if (isAsked || !text.includes('"probe-failed"')) return;
        isAsked = true;
        kill('SIGINT');
      },
    });
    expect(exitCode).toBe(130);
    expect(finished.services).toMatchObject({
      slow: { state: 'running', action: 'created' },
      next: { state: 'pending', action: 'skipped' },
    });
    const { slow } = checkout.pids();
    expect(() => checkout.record('next')).toThrow('no record');
    expect(checkout.left().processes).toEqual([slow]);

    checkout.write({ gate: '' });
    const again = await checkout.task('up', ['--json']);
    expect(again.finished.services).toMatchObject({
      slow: { state: 'ready', action: 'unchanged' },
      next: { state: 'ready', action: 'created' },
    });
    expect(checkout.pids()['slow']).toBe(slow);
  });

  test('a `down` with an `up` behind it ends with everything there', async () => {
    checkout.configure({ api, worker: { run: idle, dependsOn: ['api'] } });
    await checkout.task('up');
    let up: Promise<{ exitCode: number }> | undefined;
    const down = await checkout.task('down', ['--json'], {
      onOutput(text) {
        if (text.includes('"stopped"')) up ??= checkout.task('up');
      },
    });
    expect([down.exitCode, (await up)?.exitCode]).toEqual([0, 0]);
    expect(Object.keys(checkout.pids())).toEqual(['api', 'worker']);
    await checkout.task('down');
    expect(checkout.left()).toEqual(nothing);
  });

  test('Ctrl-C while a one-shot runs leaves it running, and the next `up` waits for it', async () => {
    checkout.configure({
      migrate: { run: shell('echo "up $$"; until test -e gate; do sleep 0.05; done; echo done') },
      api: { run: idle, dependsOn: { migrate: 'completed' } },
    });
    let isAsked = false;
    const first = await checkout.task('up', ['--json'], {
      onOutput(text, kill) {
        if (isAsked || !text.includes('"running"')) return;
        isAsked = true;
        kill('SIGINT');
      },
    });
    expect(first.exitCode).toBe(130);
    expect(Object.keys(checkout.pids())).toEqual(['migrate']);
    const second = await checkout.task('up', ['--json'], {
      onOutput(text) {
        if (text.includes('"running"')) checkout.write({ gate: '' });
      },
    });
    expect(second.finished.services, JSON.stringify(second.finished.errors)).toMatchObject({
      migrate: { state: 'completed', action: 'unchanged' },
      api: { state: 'ready', action: 'created' },
    });
    expect(await starts('migrate')).toHaveLength(1);
  });
});
