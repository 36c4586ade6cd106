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
  const input = forgiveWrites(socket);
  const on = (target: NodeJS.EventEmitter, name: string, listener: Listener) => {
    target.on(name, listener);
    undo.push(() => void target.off(name, listener));
  };
  const joined = new Promise<'ended' | 'unread'>((resolve, reject) => {
    on(socket, 'data', output.push);
    on(socket, 'end', () => resolve('ended'));
    on(socket, 'error', (error) => {
      // Some kernels tell of unread input when all output was read.
      if (input.hasFailed) resolve('ended');
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

/**
 * A command may end without reading all of stdin. A write that fails would take what was not read yet
 * with it: what reading tells is what counts.
 */
function forgiveWrites(socket: Duplex): { readonly hasFailed: boolean } {
  const input = { hasFailed: false };
  const forgiven = (done: (error?: Error | null) => void) => (error?: Error | null) => {
    input.hasFailed ||= Boolean(error);
    done();
  };
  /* oxlint-disable no-underscore-dangle -- what a stream is made of: its `write` has ended it by then */
  const write = socket._write.bind(socket);
  const writeAll = socket._writev?.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, forgiven(done));
  if (writeAll) socket._writev = (chunks, done) => writeAll(chunks, forgiven(done));
  /* oxlint-enable no-underscore-dangle */
  return input;
}

type Listener = Parameters<NodeJS.EventEmitter['on']>[1];

const brokenConnection = () =>
  Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });
