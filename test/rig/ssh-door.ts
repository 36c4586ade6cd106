import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A port of 127.0.0.1 whose every connection is the input and output of a program. */
export interface SshDoor {
  readonly port: number;
  /** Ends the programs as well. */
  close(): void;
}

/** Makes an sshd that nobody reaches by the network answer on a port here. */
export async function openSshDoor([program = '', ...args]: readonly string[]): Promise<SshDoor> {
  const children = new Set<ChildProcess>();
  const server = createServer((socket) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    children.add(child);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    // Whoever goes first takes the other along.
    for (const end of [socket, child.stdin]) end.on('error', () => child.kill());
    socket.once('close', () => child.kill());
    child.once('exit', () => children.delete(child));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const child of children) child.kill();
    },
  };
}
