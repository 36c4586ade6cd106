import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout, type Ran } from '../rig/checkout.ts';
import { configure, shell, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { leftProcesses } from '../rig/left-processes.ts';

const engine = await ensureEngine();

const server = `
  import { createServer } from 'node:net';
  createServer((socket) => {
    socket.on('error', () => {});
    socket.end('a process\\n');
  }).listen({ port: Number(process.env.PORT), host: '127.0.0.1' });`;

const asking = 'until nc -w 5 $DB_HOST $DB_PORT < /dev/null | grep .; do sleep 0.1; done';

describe.skipIf(engine === null)('toggle on real parts', async () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const { tools } = engine.images;
  const [port] = await freePorts(1);
  const keeper = `test -e /kept/mark || echo "a container, $(date +%s%N)" > /kept/mark
    exec python3 -c '
import socket
server = socket.create_server(("", 7000))
while True:
    client, _ = server.accept()
    client.sendall(open("/kept/mark", "rb").read())
    client.close()'`;
  const write = (local: string): void => {
    checkout.write({ 'server.mjs': server });
    configure(checkout, {
      db: {
        run: {
          docker: shell(tools, keeper, { volumes: ['kept:/kept'] }),
          local: { kind: 'process', command: ['sh', '-c', local], shell: false },
        },
        ports: { tcp: { container: 7000, host: port } },
        exports: { DB_HOST: '{host}', DB_PORT: '{port.tcp}' },
      },
      inside: { run: sleeper(tools), dependsOn: ['db'] },
      beside: { run: { kind: 'process', command: ['sleep', '1000'] }, dependsOn: ['db'] },
      other: { run: sleeper(tools) },
      idle: { run: { kind: 'process', command: ['sleep', '1000'] } },
    });
  };
  /** What a task came to; its messages are in `stderr`. */
  const task = async (...[name, ...args]: [string, ...string[]]): Promise<Ran> => {
    const ran = await checkout.task(name, ['--json', ...args]);
    if (ran.exitCode !== 0) throw new Error(`${ran.stdout}\n${ran.stderr}`);
    return ran;
  };
  const ask = (from: 'inside' | 'beside'): Promise<Ran> =>
    checkout.task('exec', [from, '--', 'sh', '-c', asking]);
  const askHere = () => text(connect({ host: '127.0.0.1', port }));
  const processes = () =>
    leftProcesses(checkout.stateHome).filter(({ command }) => command === 'sleep 1000');
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('a container becomes a process: containers that use it follow, nothing else is touched', async () => {
    write('exec node server.mjs');
    const { finished } = await task('up');
    expect(finished.services['db']).toMatchObject({ runner: 'docker', state: 'ready' });
    const mark = await askHere();
    expect(mark).toMatch(/^a container, \d+\n$/);
    expect((await ask('inside')).stdout).toBe(mark);
    const before = { containers: await checkout.containers(), processes: processes() };

    const moved = await task('toggle', 'db', 'local');
    expect(moved.finished.services).toMatchObject({
      db: { action: 'recreated', state: 'ready', runner: 'local' },
      inside: { action: 'recreated', state: 'ready' },
      beside: { action: 'unchanged' },
    });
    const [volume] = (await checkout.docker.listVolumes()).Volumes.filter(({ Name }) =>
      moved.stderr.includes(Name),
    );
    expect(volume?.Name).toContain('kept');
    expect(moved.stderr).toContain('`devservices toggle db docker` goes back to it.');
    expect(await askHere()).toBe('a process\n');
    expect((await ask('inside')).stdout).toBe('a process\n');
    const after = { containers: await checkout.containers(), processes: processes() };
    expect(Object.keys(after.containers).toSorted()).toEqual(['inside', 'other']);
    expect(after.containers['inside']).not.toBe(before.containers['inside']);
    expect(after.containers['other']).toBe(before.containers['other']);
    expect(after.processes).toEqual(before.processes);

    const again = await task('up');
    const actions = Object.values(again.finished.services).map(({ action }) => action);
    expect(new Set(actions)).toEqual(new Set(['unchanged']));

    await task('toggle', 'db', 'docker');
    // What was kept is there again.
    expect(await askHere()).toBe(mark);
    expect((await ask('inside')).stdout).toBe(mark);
    expect(processes()).toEqual(before.processes);
  });

  test('one that does not come up: status 1, the pin stays, and `up` brings back what was kept', async () => {
    const mark = await askHere();
    write('echo no; exit 3');
    const { inside, other } = await checkout.containers();
    const failed = await checkout.task('toggle', ['db', 'local']);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('db stays pinned to "docker"');
    expect(failed.stderr).toContain('exit code 3');
    expect(await checkout.containers()).toEqual({ inside, other });
    const listed = await checkout.task('toggle', ['db', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ pinned: 'docker' });
    const { finished } = await task('up');
    expect(finished.services).toMatchObject({
      db: { runner: 'docker', state: 'ready' },
      inside: { action: 'unchanged' },
    });
    expect(await askHere()).toBe(mark);
  });

  test('nothing runs: the next up uses it', async () => {
    write('exec node server.mjs');
    await task('down');
    const { finished } = await task('toggle', 'db', 'local');
    expect(finished.services['db']).toMatchObject({ action: 'unchanged', state: 'stopped' });
    expect(await checkout.containers()).toEqual({});
    await task('up', 'db');
    expect(await askHere()).toBe('a process\n');
    await task('down');
    expect(leftProcesses(checkout.stateHome)).toEqual([]);
  });
});
