import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SshAddress } from '../../../../plugins/docker/engine/engine-address.ts';
import type { MasterPlace } from '../../../../plugins/docker/forwards/ssh-master.ts';
import { startSshServer } from '../../../rig/ssh-server.ts';
import type { SshServer } from '../../../rig/ssh-server.ts';

/** A machine with a loopback address of its own, to which only real ssh leads. */
export interface OtherMachine extends AsyncDisposable {
  readonly address: SshAddress;
  readonly ssh: SshServer;
  /** What a server there answers on each of these ports of its loopback address. */
  serve(...ports: number[]): Promise<void>;
  /** Its sshd passes nothing on. */
  forbidForwards(): void;
  /** Where one set of forwards is to be. */
  place(): { file: string; place: MasterPlace };
}

export async function createOtherMachine(): Promise<OtherMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'ds-forwards-'));
  const sleep = 'ip link set lo up; echo up; exec sleep 100000';
  const init = await startUp('unshare', ['--net', 'sh', '-c', sleep]);
  const servers = [init];
  const ssh = await startSshServer({}, { on: init.pid as number });
  let places = 0;
  return {
    address: { kind: 'ssh', host: 'box', url: 'ssh://box' },
    ssh,
    async serve(...ports) {
      const program = `for (const port of ${JSON.stringify(ports)})
        require('node:net').createServer((socket) => socket.end('there ' + port)).listen(port, '127.0.0.1');
        console.log('up')`;
      const args = ['--target', String(init.pid), '--net', process.execPath, '-e', program];
      servers.push(await startUp('nsenter', args));
    },
    forbidForwards() {
      const keys = join(dirname(ssh.path.split(':')[0] as string), 'authorized_keys');
      writeFileSync(keys, `no-port-forwarding ${readFileSync(keys, 'utf8')}`);
    },
    place() {
      const own = join(folder, String((places += 1)));
      mkdirSync(own, { recursive: true });
      const place = { folder: join(own, 'run'), socket: 'a.ssh', log: join(own, 'log') };
      return { file: join(own, 'record.json'), place: { ...place, env: { PATH: ssh.path } } };
    },
    async [Symbol.asyncDispose]() {
      const ends = servers.map((server) => once(server, 'exit'));
      for (const server of servers) server.kill('SIGKILL');
      await Promise.all(ends);
      await ssh.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What answers on a port here; undefined where nobody does. */
export function ask(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port });
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(answer));
  });
}

async function startUp(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${program} ended at once`))),
  ]);
  return child;
}
