import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { joinStreams } from '../../../../plugins/docker/commands/join-streams.ts';

/** The caller's side of a connection, and what its other side does and saw. */
function createConnection(failure?: Error) {
  const seen: string[] = [];
  const socket = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      seen.push(chunk.toString());
      done(failure);
    },
    final(done) {
      seen.push('END');
      done();
    },
  });
  const stdin = new PassThrough();
  const chunks: string[] = [];
  const joining = {
    stdin,
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    output: { push: (chunk: Buffer) => void chunks.push(chunk.toString()) },
    hasTerminal: false,
  };
  return { socket, stdin, seen, chunks, joining };
}

const writeError = () => Object.assign(new Error('EPIPE'), { code: 'EPIPE', syscall: 'write' });

test('the end of stdin ends its direction only, and the other side’s ends the rest', async () => {
  const { socket, stdin, seen, chunks, joining } = createConnection();
  const joined = joinStreams(socket, joining);
  stdin.end('typed');
  await new Promise(setImmediate);
  expect(seen).toEqual(['typed', 'END']);
  socket.push('said after');
  socket.push(null);
  expect(await joined).toBe('ended');
  expect(chunks).toEqual(['said after']);
  expect(socket.destroyed).toBe(true);
});

test('the end of a terminal’s input is none of the command’s', async () => {
  const { socket, stdin, seen, joining } = createConnection();
  const joined = joinStreams(socket, { ...joining, hasTerminal: true });
  stdin.end('typed');
  await new Promise(setImmediate);
  expect(seen).toEqual(['typed']);
  socket.push(null);
  await joined;
});

test('without stdin its direction is ended at once', async () => {
  const { socket, seen, joining } = createConnection();
  const { stdin: _, ...rest } = joining;
  const joined = joinStreams(socket, rest);
  await new Promise(setImmediate);
  expect(seen).toEqual(['END']);
  socket.push(null);
  await joined;
});

test('input that the command did not wait for is no failure, and takes no output with it', async () => {
  const { socket, stdin, chunks, joining } = createConnection(writeError());
  const joined = joinStreams(socket, joining);
  stdin.write('too');
  stdin.write('late');
  await new Promise(setImmediate);
  socket.push('said before');
  await new Promise(setImmediate);
  expect(chunks).toEqual(['said before']);
  socket.destroy(Object.assign(new Error('reset'), { syscall: 'read' }));
  expect(await joined).toBe('ended');
});

test('a connection that breaks is a failure, with and without an error', async () => {
  const torn = createConnection();
  const first = joinStreams(torn.socket, torn.joining);
  torn.socket.destroy(Object.assign(new Error('reset'), { syscall: 'read' }));
  await expect(first).rejects.toThrow('reset');
  const shut = createConnection();
  const second = joinStreams(shut.socket, shut.joining);
  shut.socket.destroy();
  await expect(second).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('nobody reads stdout: it is told, and nothing of ours listens any more', async () => {
  const { socket, stdin, joining } = createConnection();
  const joined = joinStreams(socket, joining);
  joining.stdout.emit('error', new Error('EPIPE'));
  expect(await joined).toBe('unread');
  expect(joining.stdout.listenerCount('error')).toBe(0);
  expect(stdin.listenerCount('data')).toBe(0);
});
