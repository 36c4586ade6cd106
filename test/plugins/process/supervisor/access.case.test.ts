import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { SupervisorFile } from '../../../../plugins/process/supervisor/protocol.ts';
import { createSupervised, type Supervised } from './supervised.ts';

const fileOf = ({ places }: Supervised): SupervisorFile =>
  JSON.parse(readFileSync(places.supervisor, 'utf8')) as SupervisorFile;

interface Call {
  path?: string;
  method?: string;
  token?: string;
  body?: string;
}

function ask(checkout: Supervised, call: Call): Promise<{ status: number; text: string }> {
  const { path = '/stop', method = 'POST', body = '{}' } = call;
  const headers = call.token === undefined ? {} : { authorization: `Bearer ${call.token}` };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: checkout.places.socket, path, method, headers });
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('who has no token, or another, learns and does nothing', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const asked = checkout.prepare('api', { command: ['sleep', '1000'] });
  await supervisor.start(asked);
  const body = JSON.stringify(checkout.requestOf(asked));
  const { token } = fileOf(checkout);
  for (const wrong of [undefined, '', 'x', token.slice(1), `${token}x`, token.toUpperCase()]) {
    const call = { body, ...(wrong === undefined ? {} : { token: wrong }) };
    expect(await ask(checkout, call)).toEqual({ status: 401, text: '' });
  }
  expect(await ask(checkout, { path: '/events?project=shop', method: 'GET' })).toMatchObject({
    status: 401,
  });
  expect(checkout.living()).toHaveLength(1);
  expect(await ask(checkout, { token, body })).toEqual({ status: 200, text: '{}' });
  expect(checkout.living()).toEqual([]);
});

test('what is no request of the protocol is refused with a reason, and all goes on', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const { token } = fileOf(checkout);
  const statusOf = async (call: Call): Promise<number> =>
    (await ask(checkout, { token, ...call })).status;
  expect(await statusOf({ body: '{"a":' })).toBe(400);
  expect(await statusOf({ body: '[]' })).toBe(400);
  expect(await statusOf({ body: '' })).toBe(400);
  expect(await statusOf({ body: '{}' })).toBe(400);
  const outside = JSON.stringify({ project: '../..', service: 'api', id: 'x' });
  expect(await statusOf({ path: '/remove', body: outside })).toBe(400);
  expect(await statusOf({ path: '/start' })).toBe(400);
  expect(await statusOf({ path: '/relay' })).toBe(400);
  expect(await statusOf({ path: '/shutdown' })).toBe(404);
  expect(await statusOf({ method: 'PUT' })).toBe(405);
  const long = await ask(checkout, { token, body: ' '.repeat(5 * 1024 * 1024) }).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  // It may hang up while it is still being talked to.
  expect('status' in long ? long.status : long.code).toBeOneOf([413, 'EPIPE', 'ECONNRESET']);
  const noise = connect(checkout.places.socket);
  noise.end('\0\x01garbage\r\n\r\n');
  await new Promise((resolve) => noise.once('close', resolve).resume());
  const asked = checkout.prepare('api', { command: ['sleep', '1000'] });
  await supervisor.start(asked);
  expect(checkout.living()).toHaveLength(1);
});

test.runIf(process.getuid?.() === 0)('another user is refused', async () => {
  await using checkout = createSupervised();
  await checkout.ensure();
  const { socket } = checkout.places;
  const script = `
    const sent = require('http').request({ socketPath: ${JSON.stringify(socket)}, path: '/leave', method: 'POST' });
    sent.on('error', ({ code }) => console.log(code));
    sent.on('response', ({ statusCode }) => { console.log(statusCode); process.exit(); });
    sent.end('{}');`;
  const asNobody = (): Promise<string> =>
    new Promise((resolve, reject) =>
      execFile(
        process.execPath,
        ['-e', script],
        { uid: 65534, gid: 65534, cwd: '/', env: {} },
        (error, stdout) => (error ? reject(error) : resolve(stdout.trim())),
      ),
    );
  chmodSync(checkout.folder, 0o755);
  expect(await asNobody()).toBe('EACCES');
  // Each of both keeps a stranger out where the other was opened.
  chmodSync(dirname(socket), 0o755);
  expect(await asNobody()).toBe('EACCES');
  chmodSync(socket, 0o666);
  expect(await asNobody()).toBe('401');
  // And it still answers who may ask: with nothing to look after, it leaves.
  expect(await (await checkout.connect())?.leave({ ifEmpty: true })).toBe(true);
});

test('a path that is too long for a socket is said, before anything is started', async () => {
  await using checkout = createSupervised();
  const long = { ...checkout.places, socket: `${checkout.folder}/${'x'.repeat(120)}.sock` };
  const { ensureSupervisor } =
    await import('../../../../plugins/process/client/ensure-supervisor.ts');
  await expect(ensureSupervisor(long, checkout.options)).rejects.toMatchObject({
    code: 'DS_PROCESS_SOCKET_TOO_LONG',
    facts: { path: long.socket },
  });
});

test.runIf(process.getuid?.() === 0)(
  'a full disk is said, nothing is lost, and all goes on when there is room again',
  async () => {
    await using checkout = createSupervised();
    mkdirSync(checkout.options.stateHome, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', checkout.options.stateHome]);
    try {
      const supervisor = await checkout.ensure();
      const running = checkout.prepare('api', { command: ['sleep', '1000'] });
      const asked = checkout.prepare('web', { command: ['sleep', '1000'] });
      const { leader } = await supervisor.start(running);
      const filler = `${checkout.options.stateHome}/filler`;
      fill(filler);
      await expect(supervisor.start(asked)).rejects.toMatchObject({
        code: 'DS_STATE_UNWRITABLE',
        message: expect.stringMatching(/the disk is full/),
      });
      expect(checkout.living()).toEqual([leader.pid]);
      expect(checkout.record('api')?.life).toMatchObject({ leader });
      // What is stopped is stopped, and noted as soon as that can be.
      await supervisor.stop(checkout.requestOf(running));
      expect(checkout.living()).toEqual([]);
      writeFileSync(filler, '');
      await checkout.until(
        'api',
        ({ isStopped, life }) => isStopped && life?.endedAt !== undefined,
      );
      await supervisor.start(asked);
      expect(checkout.living()).toHaveLength(1);
      await supervisor.remove(checkout.requestOf(asked));
      await supervisor.leave();
    } finally {
      execFileSync('umount', ['-l', checkout.options.stateHome]);
    }
  },
);

function fill(path: string): void {
  let text = '';
  for (const size of [1024 * 1024, 64 * 1024, 4096, 4096]) {
    const more = 'x'.repeat(size);
    try {
      for (;;) {
        writeFileSync(path, text + more);
        text += more;
      }
    } catch {
      writeFileSync(path, text);
    }
  }
}
