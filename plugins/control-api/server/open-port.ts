import type { Server } from 'node:http';
import {
  describeProcess,
  findListeners,
  findSocketOwner,
  isErrno,
  reasonOf,
} from 'devservices/machine';
import { apiErrors } from '../errors.ts';

/** Listens. Throws DS_API_PORT_TAKEN with who has it, and DS_API_ADDRESS_UNUSABLE. */
export function openPort(
  server: Server,
  { address, port }: { address: string; port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const isTaken = isErrno(error, 'EADDRINUSE');
      reject(
        isTaken
          ? apiErrors.create('DS_API_PORT_TAKEN', { port, holder: findHolder(port) }, error)
          : apiErrors.create(
              'DS_API_ADDRESS_UNUSABLE',
              { host: address, reason: reasons[error.code ?? ''] ?? reasonOf(error) },
              error,
            ),
      );
    };
    server.once('error', fail);
    try {
      server.listen({ host: address, port, exclusive: true }, () => {
        server.off('error', fail);
        resolve();
      });
    } catch (thrown) {
      // A port that is no port is thrown, and not told by an event.
      const host = `${address}:${port}`;
      reject(
        apiErrors.create('DS_API_ADDRESS_UNUSABLE', { host, reason: 'it is no port' }, thrown),
      );
    }
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not take that port',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function findHolder(port: number): string | undefined {
  const [listener] = findListeners(port);
  const pid = listener && findSocketOwner(listener.inode);
  return pid === undefined ? undefined : `${describeProcess(pid) ?? 'a process'} (pid ${pid})`;
}
