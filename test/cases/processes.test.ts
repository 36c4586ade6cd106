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

describe('services that are processes', async () => {
  const checkout = createProcessCheckout();
  const [port] = await freePorts(1);
  const services = (more: { greeting?: string; migrate?: string } = {}) => ({
    migrate: { run: shell(more.migrate ?? 'echo migrated') },
    api: {
      run: server({ environment: { GREETING: more.greeting ?? 'hello' } }),
      ports: { http: port },
      dependsOn: { migrate: 'completed' },
    },
    worker: { run: idle, ready: { kind: 'log', pattern: '^up \\d+$' }, dependsOn: ['api'] },
  });
  const answer = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}`)).text();
  const actions = (rows: Readonly<Record<string, { action: string }>>) =>
    Object.fromEntries(Object.entries(rows).map(([name, { action }]) => [name, action]));

  afterEach(() => checkout.task('down'));
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('a one-shot and two processes come up, each when what it waits for is there', async () => {
    checkout.configure(services());
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(finished.services).toMatchObject({
      migrate: { state: 'completed', action: 'created' },
      api: { state: 'ready', endpoints: { http: { host: '127.0.0.1', port } } },
      worker: { state: 'ready', action: 'created' },
    });
    const order = checkout.states();
    const followsAtOnce = (condition: string, start: string) =>
      expect(order.indexOf(start)).toBe(order.indexOf(condition) + 1);
    followsAtOnce('migrate completed', 'api starting');
    followsAtOnce('api ready', 'worker starting');
    expect(await answer()).toBe(`${checkout.pids()['api']} hello`);
    expect(checkout.record('migrate').life).toMatchObject({ exitCode: 0 });
  });

  test('a second `up` finds all of it unchanged, and a change makes anew what it changes alone', async () => {
    checkout.configure(services());
    await checkout.task('up');
    const before = checkout.pids();
    expect(Object.keys(before)).toEqual(['api', 'worker']);

    const again = await checkout.task('up', ['--json']);
    expect(actions(again.finished.services)).toEqual({
      migrate: 'unchanged',
      api: 'unchanged',
      worker: 'unchanged',
    });
    expect(checkout.pids()).toEqual(before);

    checkout.configure(services({ greeting: 'goodbye' }));
    const changed = await checkout.task('up', ['--json']);
    expect(actions(changed.finished.services)).toEqual({
      migrate: 'unchanged',
      api: 'recreated',
      worker: 'unchanged',
    });
    expect(changed.finished.services['api']?.reason.text).toContain('environment.GREETING');
    const after = checkout.pids();
    expect(after['worker']).toBe(before['worker']);
    expect(after['api']).not.toBe(before['api']);
    expect(await answer()).toBe(`${after['api']} goodbye`);
  });

  test('`down` leaves no process, no port, no supervisor and no socket', async () => {
    checkout.configure({
      ...services(),
      // What it started is elsewhere, in a group of its own, and no child of anybody of ours.
      family: { run: shell('setsid sleep 1000 & setsid sh -c "sleep 1000 & sleep 1000" & wait') },
    });
    await checkout.task('up');
    expect(checkout.left().processes.length).toBeGreaterThanOrEqual(6);
    expect(checkout.left().supervisor).toBeTypeOf('number');
    const { exitCode, finished } = await checkout.task('down', ['--json']);
    expect({ exitCode, left: checkout.left() }).toEqual({ exitCode: 0, left: nothing });
    expect(isListening(port)).toBe(false);
    expect(Object.keys(finished.services).toSorted()).toEqual([
      'api',
      'family',
      'migrate',
      'worker',
    ]);
    const again = await checkout.task('down');
    expect({ exitCode: again.exitCode, left: checkout.left() }).toEqual({
      exitCode: 0,
      left: nothing,
    });
  });

  test('`down` of one leaves the others and their supervisor as they are', async () => {
    checkout.configure(services());
    await checkout.task('up');
    const { api } = checkout.pids();
    const supervisor = checkout.supervisor();
    expect((await checkout.task('down', ['worker'])).exitCode).toBe(0);
    expect({ pids: checkout.pids(), supervisor: checkout.supervisor() }).toEqual({
      pids: { api },
      supervisor,
    });
  });

  test('status, logs and restart take them as containers are taken', async () => {
    checkout.configure(services());
    await checkout.task('up');
    const status = JSON.parse((await checkout.task('status', ['--json'])).stdout) as {
      services: object;
    };
    expect(status.services).toMatchObject({
      migrate: { state: 'completed' },
      api: { state: 'ready', endpoints: { http: { port } } },
      worker: { state: 'ready' },
    });
    const { api, worker } = checkout.pids();
    const logs = await checkout.task('logs');
    expect(logs.stdout.split('\n').filter(Boolean).toSorted()).toEqual([
      'api | listening',
      'migrate | migrated',
      `worker | up ${worker}`,
    ]);
    const { exitCode } = await checkout.task('restart', ['worker']);
    const after = checkout.pids();
    expect({ exitCode, api: after['api'] }).toEqual({ exitCode: 0, api });
    expect(after['worker']).not.toBe(worker);
    // Both runs are in its log, one after the other.
    expect((await checkout.task('logs', ['worker', '--tail', '2'])).stdout).toBe(
      `worker | up ${worker}\nworker | up ${after['worker']}\n`,
    );
  });

  test('exec runs a command where the process runs, with its variables, and gives its status', async () => {
    checkout.write({ 'sub/here': '' });
    checkout.configure({
      api: { run: shell('exec sleep 1000', { cwd: 'sub', environment: { A: 'b c' } }) },
    });
    await checkout.task('up');
    const ran = await checkout.task(
      'exec',
      ['api', '--', 'sh', '-c', 'ls; echo "$A"; cat; exit 7'],
      {
        stdin: 'typed\n',
      },
    );
    expect(ran).toMatchObject({ exitCode: 7, stdout: 'here\nb c\ntyped\n' });
    const missing = await checkout.task('exec', ['api', '--', 'no-such-program']);
    expect(missing.exitCode).toBe(127);
    expect(missing.stderr).toContain('no-such-program');
  });
});
