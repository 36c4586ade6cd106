import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { TunnelProgram } from '../../../../plugins/workstations/contract.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import {
  createTunnelRig,
  isRunning,
  relayProgram,
  shellProgram,
  startGreeter,
  type TunnelRig,
  until,
} from './tunnel-rig.ts';

test('a program that ends at once is told with its last words', async () => {
  const rig = createTunnelRig();
  const script =
    'for n in $(seq 30); do echo "line $n"; done; printf "\\033[31mno such host" >&2; exit 3';
  const error = await failure(rig, shellProgram(rig, script));
  expect(error).toMatchObject({
    code: 'DS_TUNNEL_FAILED',
    facts: { name: 'box', remotePort: 22, reason: 'sh ended with exit status 3' },
  });
  expect(error).not.toHaveProperty('facts.mayPass');
  const { lines } = (error as { facts: { lines: readonly string[] } }).facts;
  expect(lines).toHaveLength(20);
  expect(lines.slice(-2)).toEqual(['line 30', '\u{fffd}[31mno such host']);
  expectNothing(rig);
});

test('a program that is not there, or was killed, is told', async () => {
  const rig = createTunnelRig();
  const missing = await failure(rig, { command: ['no-such-program'] });
  expect(missing).toMatchObject({
    facts: { reason: 'no-such-program could not be started: there is no such file or folder' },
  });
  const killed = await failure(rig, shellProgram(rig, 'kill -9 $$'));
  expect(killed).toMatchObject({ facts: { reason: 'sh ended by SIGKILL' } });
  expectNothing(rig);
});

test('a program that never listens is ended when its time is over', async () => {
  const rig = createTunnelRig();
  const script = 'echo $$ > pid; echo connecting; sleep 1000 & wait';
  const error = await failure(rig, shellProgram(rig, script), { timeoutMs: 300 });
  expect(error).toMatchObject({
    code: 'DS_TUNNEL_FAILED',
    facts: { reason: 'sh did not listen within 0.3 s', lines: ['connecting'], mayPass: true },
  });
  expect(isRunning(Number(rig.read('pid')))).toBe(false);
  expectNothing(rig);
});

test('a port on which a stranger listens is not taken for the program’s', async () => {
  const rig = createTunnelRig();
  const localPort = await startGreeter();
  const error = await failure(rig, shellProgram(rig, 'exec sleep 1000', { localPort }), {
    timeoutMs: 300,
  });
  expect(error).toMatchObject({ facts: { reason: 'sh did not listen within 0.3 s' } });
  expectNothing(rig);
});

test.each<[how: string, greet: (socket: Socket) => void, reason: RegExp]>([
  ['hangs up', (socket) => socket.destroy(), /hangs up without a word$/],
  ['says something else', (socket) => socket.write('HTTP/1.1 400\r\n'), /says "HTTP\/1.1 400"$/],
])('one that listens, where what it leads to %s, leads nowhere', async (_, greet, reason) => {
  const rig = createTunnelRig();
  const to = await startGreeter(greet);
  const error = await failure(rig, relayProgram(rig, { to }), { timeoutMs: 2000 });
  expect(error).toMatchObject({
    facts: {
      reason: expect.stringMatching(/^node listens, but nothing answers through it within 2 s: /),
    },
  });
  expect(error).toMatchObject({ facts: { reason: expect.stringMatching(reason) } });
  expectNothing(rig);
});

test('a program whose port was taken meanwhile is asked for again, with another', async () => {
  const rig = createTunnelRig();
  const [free] = await freePorts(1);
  const to = await startGreeter();
  const ports = [await takenPort(), await takenPort(), free];
  const program = async () => relayProgram(rig, { to, port: ports.shift() ?? 0 });
  const { report } = await rig.tunnels.ensure(rig.request({ program }));
  expect(report.port).toBe(free);
  expect(rig.files().toSorted()).toEqual([`${report.id}.json`, `${report.id}.log`]);
});

test('also one that lost the port that it chose itself is asked for again', async () => {
  const rig = createTunnelRig();
  const lost = shellProgram(rig, 'echo "OSError: [Errno 98] Address already in use"; exit 1');
  const programs = [lost, lost, relayProgram(rig, { to: await startGreeter() })];
  const program = async () => programs.shift() ?? lost;
  expect(await rig.tunnels.ensure(rig.request({ program }))).toMatchObject({ isNew: true });
  expect(rig.tunnels.list()).toHaveLength(1);
});

test('ten taken ports are enough', async () => {
  const rig = createTunnelRig();
  const port = await takenPort();
  let asked = 0;
  const program = async () => {
    asked += 1;
    return shellProgram(rig, 'exit 1', { localPort: port });
  };
  await expect(rig.tunnels.ensure(rig.request({ program }))).rejects.toMatchObject({
    facts: { reason: 'sh ended with exit status 1, 10 times, as its port was taken' },
  });
  expect(asked).toBe(10);
  expectNothing(rig);
});

test('an abort while it starts leaves nothing, whatever the program thinks of it', async () => {
  const rig = createTunnelRig();
  const stubborn =
    'trap "" TERM; sleep 1000 & echo $! >> pids; echo $$ >> pids; echo x > up; wait; wait';
  const abort = new AbortController();
  const opening = rig.tunnels.ensure(
    rig.request({ program: async () => shellProgram(rig, stubborn), signal: abort.signal }),
  );
  opening.catch(() => {});
  await until(() => exists(rig, 'up'));
  expect(rig.files().filter((name) => !name.includes('.lock'))).toHaveLength(2);
  const reason = new Error('Ctrl-C');
  abort.abort(reason);
  await expect(opening).rejects.toBe(reason);
  expect(rig.read('pids').trim().split('\n').map(Number).filter(isRunning)).toEqual([]);
  expectNothing(rig);
});

test('one that somebody ends while it starts fails at once', async () => {
  const rig = createTunnelRig();
  const opening = failure(rig, { command: ['sleep', '1000'] });
  await until(() => rig.tunnels.list().length === 1);
  const ids = rig.tunnels.list().map(({ id }) => id);
  await rig.tunnels.end(ids, new AbortController().signal);
  expect(await opening).toMatchObject({ facts: { reason: 'sleep ended by SIGTERM' } });
  expectNothing(rig);
});

test('what the provider says instead of a program is passed on', async () => {
  const rig = createTunnelRig();
  const reason = new Error('no way there');
  const program = () => Promise.reject(reason);
  await expect(rig.tunnels.ensure(rig.request({ program }))).rejects.toBe(reason);
  expectNothing(rig);
});

function failure(
  rig: TunnelRig,
  program: TunnelProgram,
  more: { timeoutMs?: number } = {},
): Promise<unknown> {
  return rig.tunnels.ensure(rig.request({ program: async () => program, ...more })).then(
    () => undefined,
    (error: unknown) => error,
  );
}

function expectNothing(rig: TunnelRig): void {
  expect(rig.processes()).toEqual([]);
  expect(rig.files()).toEqual([]);
}

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function exists(rig: TunnelRig, file: string): boolean {
  try {
    return rig.read(file) !== '';
  } catch {
    return false;
  }
}
