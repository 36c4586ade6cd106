import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../rig/free-ports.ts';
import {
  createProcessCheckout,
  idle,
  killNow,
  nothing,
  server,
  shell,
} from '../rig/process-checkout.ts';

describe('processes live on whoever is killed', async () => {
  const checkout = createProcessCheckout();
  const [port] = await freePorts(1);
  const pair = {
    api: { run: server(), ports: { http: port } },
    worker: { run: idle, dependsOn: ['api'] },
  };
  const rows = async (): Promise<Record<string, { state: string; reason: { text: string } }>> =>
    (
      JSON.parse((await checkout.task('status', ['--json'])).stdout) as {
        services: Record<string, { state: string; reason: { text: string } }>;
      }
    ).services;
  const up = async () => (await checkout.task('up', ['--json'])).finished;
  /** What `down` leaves; all is over then. */
  const down = async () => {
    const { exitCode } = await checkout.task('down');
    return { exitCode, left: checkout.left() };
  };
  const over = { exitCode: 0, left: nothing };

  afterEach(async () => {
    await checkout.task('down');
    rmSync(join(checkout.root, 'gate'), { force: true });
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('the command line is killed in mid-up: status, up and down are right afterwards', async () => {
    checkout.configure({
      ...pair,
      // Ready when the file is there.
      gated: { run: idle, ready: { kind: 'command', command: ['test', '-e', 'gate'] } },
      last: { run: idle, dependsOn: ['gated'] },
    });
    let isKilled = false;
    const killed = await checkout.task('up', ['--json'], {
      onOutput(text, kill) {
        if (isKilled || !text.includes('"event":"probe-failed","service":"gated"')) return;
        isKilled = true;
        kill('SIGKILL');
      },
    });
    expect(killed.exitCode).toBe(-2);
    const before = checkout.pids();
    expect(before).toHaveProperty('gated');
    expect(before).not.toHaveProperty('last');
    const seen = await rows();
    expect(seen['gated']?.state).toBe('running');
    expect(['pending', 'stopped']).toContain(seen['last']?.state);

    checkout.write({ gate: '' });
    const { ok, services } = await up();
    expect({ ok, gated: services['gated']?.action }).toEqual({ ok: true, gated: 'unchanged' });
    expect(checkout.pids()).toMatchObject(before);
    expect(Object.keys(checkout.pids())).toEqual(['api', 'gated', 'last', 'worker']);
    expect(await down()).toEqual(over);
  });

  test('the supervisor is killed: the processes run on, and the next `up` finds them', async () => {
    checkout.configure(pair);
    await checkout.task('up');
    const before = checkout.pids();
    const supervisor = checkout.supervisor() as number;
    await killNow(supervisor);

    expect(await rows()).toMatchObject({ api: { state: 'ready' }, worker: { state: 'ready' } });
    expect(checkout.supervisor()).toBeUndefined();
    const { ok, services } = await up();
    expect({ ok, services }).toMatchObject({
      ok: true,
      services: { api: { action: 'unchanged' }, worker: { action: 'unchanged' } },
    });
    expect(checkout.pids()).toEqual(before);
    expect(checkout.supervisor()).toBeTypeOf('number');
    expect(await down()).toEqual(over);
  });

  test('the supervisor is killed in mid-up: that is said, and the next `up` goes on from there', async () => {
    checkout.configure({
      gated: { run: idle, ready: { kind: 'command', command: ['test', '-e', 'gate'] } },
      last: { run: idle, dependsOn: ['gated'] },
    });
    let isKilled = false;
    const cut = await checkout.task('up', ['--json'], {
      onOutput(text) {
        if (isKilled || !text.includes('"event":"probe-failed","service":"gated"')) return;
        isKilled = true;
        process.kill(checkout.supervisor() as number, 'SIGKILL');
      },
    });
    expect({ exitCode: cut.exitCode, services: cut.finished.services }).toMatchObject({
      exitCode: 3,
      services: {
        gated: { error: { code: 'DS_PROCESS_SUPERVISOR_LOST' } },
        last: { state: 'skipped' },
      },
    });
    const { gated } = checkout.pids();
    expect(gated).toBeTypeOf('number');
    checkout.write({ gate: '' });
    const { ok, services } = await up();
    expect({ ok, gated: services['gated']?.action }).toEqual({ ok: true, gated: 'unchanged' });
    expect(checkout.pids()['gated']).toBe(gated);
    expect(await down()).toEqual(over);
  });

  test('`down` needs no supervisor', async () => {
    checkout.configure({
      ...pair,
      stubborn: {
        run: shell(`trap '' TERM; sleep 1000 & wait; wait`, { stopGracePeriod: '200ms' }),
      },
    });
    await checkout.task('up');
    await killNow(checkout.supervisor() as number);
    expect(await down()).toEqual(over);
  });

  test('`doctor` tells of processes that nobody looks after', async () => {
    checkout.configure(pair);
    await checkout.task('up');
    const looked = (await checkout.task('doctor')).stdout;
    expect(looked).toContain(`2 of 2 run (supervisor: pid ${checkout.supervisor()}`);
    await killNow(checkout.supervisor() as number);
    const { exitCode, stdout } = await checkout.task('doctor');
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('api, worker run without a supervisor') as string,
    });
    expect(await down()).toEqual(over);
  });

  test('one that ends while nobody looks is known to have ended, and with what code is not', async () => {
    checkout.configure(pair);
    await checkout.task('up');
    const { api, worker } = checkout.pids();
    await killNow(checkout.supervisor() as number);
    await killNow(worker as number);
    const seen = await rows();
    expect(seen).toMatchObject({ api: { state: 'ready' }, worker: { state: 'failed' } });
    expect(seen['worker']?.reason.text).toContain('unknown');
    const { services } = await up();
    expect(services).toMatchObject({ api: { action: 'unchanged' }, worker: { action: 'started' } });
    expect(checkout.pids()['api']).toBe(api);
    expect(await down()).toEqual(over);
  });

  test('one that an adopting supervisor saw end is started again by its policy', async () => {
    checkout.configure({ worker: { run: { ...idle, restart: 'always' } } });
    await checkout.task('up');
    const { worker } = checkout.pids();
    await killNow(checkout.supervisor() as number);
    await up();
    expect(checkout.pids()).toEqual({ worker });
    await killNow(worker as number);
    let said = '';
    const logs = await checkout.task('logs', ['worker', '--follow'], {
      onOutput(text, kill) {
        said += text;
        if (said.split('up ').length > 2) kill('SIGINT');
      },
    });
    expect(logs.stdout).toMatch(new RegExp(`^worker \\| up ${worker}\nworker \\| up \\d+\n$`));
    expect(checkout.pids()['worker']).not.toBe(worker);
    expect(await down()).toEqual(over);
  });

  test('after this machine was started again, no record of before counts, and no stranger is touched', async () => {
    checkout.configure(pair);
    await checkout.task('up');
    const { worker } = checkout.pids();
    await checkout.task('down', ['api']);
    await killNow(checkout.supervisor() as number);
    await killNow(worker as number);
    // Who has its pid now, and is not ours.
    const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    try {
      const leader = { pid: stranger.pid ?? 0, startTicks: '17', bootId: 'another-boot' };
      checkout.amend('worker', ({ life, ...record }) => {
        if (!life) throw new Error('it was never started');
        return { ...record, life: { ...life, leader } };
      });
      expect((await rows())['worker']).toMatchObject({ state: 'failed' });
      const { ok, services } = await up();
      expect({ ok, worker: services['worker']?.action }).toEqual({ ok: true, worker: 'started' });
      expect(await down()).toEqual(over);
      expect(existsSync(`/proc/${stranger.pid}`)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
