import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../rig/free-ports.ts';
import { createProcessCheckout, idle, nothing, server, shell } from '../rig/process-checkout.ts';

describe('a process that does not come up', async () => {
  const checkout = createProcessCheckout();
  const [port] = await freePorts(1);
  const up = () => checkout.task('up', ['--json']);

  afterEach(() => checkout.task('down'));
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('explains itself: its exit code, its last lines, and what was not started', async () => {
    checkout.configure({
      broken: {
        run: shell('echo starting; echo "no luck" >&2; exit 3'),
        ready: { kind: 'log', pattern: 'never' },
      },
      after: { run: idle, dependsOn: ['broken'] },
      beside: { run: idle },
    });
    const { exitCode, finished } = await up();
    expect(exitCode).toBe(1);
    expect(finished.services).toMatchObject({
      broken: {
        state: 'failed',
        error: { code: 'DS_SERVICE_EXITED', exitCode: 3, logs: ['starting', 'no luck'] },
      },
      after: { state: 'skipped' },
      beside: { state: 'ready' },
    });
    const forPeople = await checkout.task('up');
    expect(forPeople.exitCode).toBe(1);
    for (const part of ['broken', 'exit code 3', 'no luck'])
      expect(forPeople.stderr).toContain(part);
  });

  test('a one-shot that fails says so', async () => {
    checkout.configure({
      migrate: { run: shell('echo "table is missing"; exit 4') },
      api: { run: idle, dependsOn: { migrate: 'completed' } },
    });
    const { exitCode, finished } = await up();
    expect({ exitCode, services: finished.services }).toMatchObject({
      exitCode: 1,
      services: {
        migrate: { state: 'failed', error: { exitCode: 4, logs: ['table is missing'] } },
        api: { state: 'skipped' },
      },
    });
    expect(checkout.pids()).toEqual({});
  });

  test('one that is killed is told by the signal’s status', async () => {
    checkout.configure({
      killed: { run: shell('kill -KILL $$'), ready: { kind: 'log', pattern: 'never' } },
    });
    const { finished } = await up();
    expect(finished.services['killed']?.error).toMatchObject({ exitCode: 137 });
  });

  test('a program that is not there is named, with where it was looked for', async () => {
    checkout.configure({ api: { run: { kind: 'process', command: 'no-such-program --flag' } } });
    const { exitCode, finished } = await up();
    expect(exitCode).toBe(3);
    const error = finished.services['api']?.error;
    expect(error).toMatchObject({ code: 'DS_PROCESS_NOT_FOUND' });
    expect(error?.message).toContain('no-such-program');
    expect(checkout.pids()).toEqual({});
  });

  test('a folder that is not there is named', async () => {
    checkout.configure({ api: { run: { ...idle, cwd: 'nowhere' } } });
    const { exitCode, finished } = await up();
    expect({ exitCode, error: finished.services['api']?.error }).toMatchObject({
      exitCode: 2,
      error: { code: 'DS_PROCESS_CWD_MISSING' },
    });
  });

  test('a port that a stranger took makes nobody ready', async () => {
    // It sleeps first, and the stranger takes the port meanwhile: the port answers, and is not its own.
    checkout.configure({
      api: {
        run: shell('echo up; exec sleep 1000'),
        ports: { http: port },
        ready: { kind: 'port', deadline: '1500ms' },
      },
    });
    const stranger = createServer();
    let listening: Promise<void> | undefined;
    const { exitCode, finished } = await checkout.task('up', ['--json'], {
      onOutput(text) {
        if (!text.includes('"running"')) return;
        listening ??= new Promise((resolve) => stranger.listen(port, '127.0.0.1', resolve));
      },
    });
    await listening;
    expect(stranger.listening).toBe(true);
    await new Promise((resolve) => stranger.close(resolve));
    expect({ exitCode, services: finished.services }).toMatchObject({
      exitCode: 1,
      services: {
        api: { state: 'failed', error: { code: 'DS_SERVICE_NOT_READY', logs: ['up'] } },
      },
    });
  });

  test('a port of a process beside it makes it ready no more than a stranger’s', async () => {
    checkout.configure({
      holder: {
        run: server({ environment: { PORT: String(port) } }),
        ready: { kind: 'log', pattern: 'listening' },
      },
    });
    await up();
    checkout.configure({
      holder: {
        run: server({ environment: { PORT: String(port) } }),
        ready: { kind: 'log', pattern: 'listening' },
      },
      api: { run: idle, ports: { http: port } },
    });
    const { exitCode, stderr } = await checkout.task('up');
    expect(exitCode).toBe(3);
    // Who holds it is one of ours, and is named as such.
    expect(stderr).toContain('the process holder of the project');
  });

  test('a port that a grandchild listens on is its own', async () => {
    checkout.configure({
      api: {
        run: shell(
          `${process.execPath} -e "require('node:net').createServer().listen(${port},'127.0.0.1')" & wait`,
        ),
        ports: { http: port },
      },
    });
    const { exitCode, finished } = await up();
    expect({ exitCode, state: finished.services['api']?.state }).toEqual({
      exitCode: 0,
      state: 'ready',
    });
    await checkout.task('down');
    expect(checkout.left()).toEqual(nothing);
  });

  test('what looks like one of ours by its number alone is left alone by `down`', async () => {
    checkout.configure({ api: { run: idle } });
    await up();
    const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    try {
      const { api } = checkout.pids();
      process.kill(api as number, 'SIGKILL');
      await checkout.task('status');
      checkout.amend('api', ({ life, ...record }) => {
        if (!life?.leader) throw new Error('it was never started');
        return { ...record, life: { ...life, leader: { ...life.leader, pid: stranger.pid ?? 0 } } };
      });
      expect((await checkout.task('down')).exitCode).toBe(0);
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      expect(checkout.left()).toEqual(nothing);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
