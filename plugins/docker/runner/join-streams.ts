import type { Duplex } from 'node:stream';
import type { AttachedCommand } from 'devservices/runner';
import type { AttachedOutput } from './attached-output.ts';

export interface Joining extends Pick<AttachedCommand, 'stdin' | 'stdout' | 'stderr'> {
  output: Pick<AttachedOutput, 'push'>;
  /** The input of a terminal has no end. */
  hasTerminal: boolean;
}

/**
 * Joins an engine's connection to the caller's streams until the other side ends it: `unread` when
 * nobody reads stdout any more. The end of stdin ends its own direction only.
 */
export function joinStreams(socket: Duplex, joining: Joining): Promise<'ended' | 'unread'> {
  const { stdin, stdout, stderr, hasTerminal, output } = joining;
  const undo: (() => void)[] = [];
  const on = (target: NodeJS.EventEmitter, name: string, listener: Listener) => {
    target.on(name, listener);
    undo.push(() => void target.off(name, listener));
  };
  const joined = new Promise<'ended' | 'unread'>((resolve, reject) => {
    on(socket, 'data', output.push);
    on(socket, 'end', () => resolve('ended'));
    on(socket, 'error', (error: NodeJS.ErrnoException) => {
      // The command ended without reading all of stdin. What was read by then is all there is, but
      // while nothing is read, more may have been on its way.
      if (error.syscall === 'write' && !socket.isPaused()) resolve('ended');
      else reject(error);
    });
    on(socket, 'close', () => reject(brokenConnection()));
    on(stdout, 'error', () => resolve('unread'));
    on(stderr, 'error', () => {});
    if (stdin) {
      on(stdin, 'error', () => socket.end());
      stdin.pipe(socket, { end: !hasTerminal });
      undo.push(() => stdin.unpipe(socket).pause());
    } else if (!hasTerminal) {
      socket.end();
    }
  });
  return joined.finally(() => {
    for (const step of undo) step();
    socket.on('error', () => {}).destroy();
  });
}

type Listener = Parameters<NodeJS.EventEmitter['on']>[1];

const brokenConnection = () =>
  Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });
