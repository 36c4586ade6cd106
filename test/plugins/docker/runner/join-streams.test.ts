import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { joinStreams } from '../../../../plugins/docker/runner/join-streams.ts';

/** The caller's side of a connection, and what its other side does and saw. */
function createConnection() {
  const seen: string[] = [];
  const socket = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      seen.push(chunk.toString());
      done();
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

test('input that the command did not wait for is no failure, unless output may be lost with it', async () => {
  const quiet = createConnection();
  const joined = joinStreams(quiet.socket, quiet.joining);
  quiet.socket.destroy(writeError());
  expect(await joined).toBe('ended');
  const busy = createConnection();
  const failed = joinStreams(busy.socket, busy.joining);
  busy.socket.pause();
  busy.socket.destroy(writeError());
  await expect(failed).rejects.toThrow('EPIPE');
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
