import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../../core/clock.ts';
import type { TunnelProgram } from '../../../../plugins/workstations/contract.ts';
import {
  openTunnels,
  type TunnelRegister,
} from '../../../../plugins/workstations/tunnels/open-tunnels.ts';
import type { EnsureTunnel } from '../../../../plugins/workstations/tunnels/start-tunnel.ts';
import { findMarked } from '../../../../plugins/workstations/tunnels/tunnel-processes.ts';

/** A folder of tunnels of a test's own; whatever was started in it is ended with the test. */
export interface TunnelRig {
  folder: string;
  /** Beside it, for what programs write. */
  outside: string;
  tunnels: TunnelRegister;
  /** A request with what the test does not care about. */
  request(wanted: Partial<EnsureTunnel> & Pick<EnsureTunnel, 'program'>): EnsureTunnel;
  /** Living processes of its tunnels. */
  processes(): readonly number[];
  /** Files but locks. */
  files(): readonly string[];
  read(file: string): string;
}

export function createTunnelRig({ clock = systemClock }: { clock?: Clock } = {}): TunnelRig {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'ds-tunnels-')));
  const folder = join(outside, 'tunnels');
  const processes = () => findMarked(`${folder}/`);
  onTestFinished(() => {
    for (const pid of processes()) kill(pid);
    rmSync(outside, { recursive: true, force: true });
  });
  return {
    folder,
    outside,
    tunnels: openTunnels({ folder, clock, env: process.env }),
    request: (wanted) => ({
      provider: 'docker',
      workstation: 'box-id',
      name: 'box',
      remotePort: 22,
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      ...wanted,
    }),
    processes,
    files: () => (existsSync(folder) ? readdirSync(folder) : []),
    read: (file) => readFileSync(join(outside, file), 'utf8'),
  };
}

/** The port of a server that greets as sshd does, or as `greet` has it. */
export async function startGreeter(
  greet = (socket: Socket): void => void socket.write('SSH-2.0-test\r\n'),
): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A program that passes on what comes to a port of its own; 0 has it take a free one. */
export function relayProgram(
  rig: Pick<TunnelRig, 'outside'>,
  { to, port = 0 }: { to: number; port?: number },
): TunnelProgram {
  const file = join(rig.outside, 'relay.mjs');
  writeFileSync(file, relaySource);
  const command = [process.execPath, file, String(port), String(to)];
  return { command, ...(port === 0 ? {} : { localPort: port }) };
}

const relaySource = `
  import { connect, createServer } from 'node:net';
  const [port, to] = process.argv.slice(2).map(Number);
  const server = createServer((socket) => {
    const there = connect({ port: to, host: '127.0.0.1' });
    for (const end of [socket, there]) end.on('error', () => {}).on('close', () => { socket.destroy(); there.destroy(); });
    socket.pipe(there).pipe(socket);
  });
  server.listen(port, '127.0.0.1', () => console.log('Listening on port [' + server.address().port + '].'));
`;

/** A program that is the text of a shell script, run in the folder outside. */
export function shellProgram(
  { outside }: Pick<TunnelRig, 'outside'>,
  script: string,
  more: Partial<TunnelProgram> = {},
): TunnelProgram {
  return { command: ['/bin/sh', '-c', `cd '${outside}'\n${script}`], ...more };
}

/** Whether a process has not ended. */
export function isRunning(pid: number): boolean {
  try {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/** Resolves as soon as something is true; a test's own time limit ends it where it never is. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await systemClock.sleep(10);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
