import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../core/clock.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import type { Login, SshPlace } from '../../../../plugins/workstations/contract.ts';
import { probeLogin } from '../../../../plugins/workstations/ssh/probe-login.ts';
import { placesOf } from '../../../../plugins/workstations/ssh/ssh-places.ts';
import { commandLines } from '../../../rig/command-lines.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { type SshServer, startSshServer } from '../../../rig/ssh-server.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { startGreeter } from '../tunnels/tunnel-rig.ts';
import { createSshRig, type SshRig } from './ssh-rig.ts';

const workstation = 'docker shop box 1';
let server: SshServer;
let rig: SshRig;
let login: Login;

beforeAll(async () => (server = await startSshServer()));
afterAll(() => server.close());
beforeEach(async () => {
  // What ssh and shells make something of.
  const folder = join(createTempFolder(), `it's 100%d "odd" #1`);
  mkdirSync(folder);
  rig = createSshRig(folder);
  const { privateFile, publicKey } = await rig.ssh.keyPair(workstation);
  appendFileSync(server.file('authorized_keys'), `${publicKey}\n`);
  const [type, key] = readFileSync(server.file('host_key.pub'), 'utf8').split(' ');
  login = { user: 'root', identityFile: privateFile, hostKeys: [`${type} ${key}`], folder: '/' };
});

test('a login by the keys that were made for it works, and runs the words as they are', async () => {
  const place = await put();
  expect(await probe(place)).toEqual({ isReady: true });
  const words = ['sh', '-c', 'test "$1" = "$2"', '-', `a 'b' "c" $d`, `a 'b' "c" $d`];
  expect(await probe(place, words)).toEqual({ isReady: true });
});

test('while its command fails, it is not ready', async () => {
  const place = await put();
  expect(await probe(place, ['sh', '-c', 'echo not yet >&2; exit 3'])).toEqual({
    isReady: false,
    reason: `\`sh -c 'echo not yet >&2; exit 3'\` ended with exit status 3 there: not yet`,
    isFinal: false,
  });
});

describe('a host key', () => {
  test('that is another than the one known beforehand is refused for good, in the words of ssh', async () => {
    const [type, key] = readFileSync(server.file('user_key.pub'), 'utf8').split(' ');
    const place = await put({ hostKeys: [`${type} ${key}`] });
    const outcome = await probe(place);
    expect(outcome).toMatchObject({ isReady: false, isFinal: true });
    expect(outcome).toMatchObject({
      reason: expect.stringMatching(/HOST IDENTIFICATION HAS CHANGED[^]*Host key verification/),
    });
  });

  test('is taken on first use where none is known, and then no other until it is forgotten', async () => {
    const { hostKeys: _, ...unknown } = login;
    const place = await rig.ssh.place({ ...request(), login: unknown });
    expect(await probe(place)).toEqual({ isReady: true });
    const another = await startSshServer();
    try {
      const file = another.file('authorized_keys');
      appendFileSync(file, readFileSync(server.file('authorized_keys')));
      const moved = await rig.ssh.place({ ...request(), login: unknown, port: another.port });
      expect(moved.host).toBe(place.host);
      expect(await probe(moved)).toMatchObject({ isReady: false, isFinal: true });
      rig.ssh.forgetHostKeys(workstation);
      expect(await probe(moved)).toEqual({ isReady: true });
    } finally {
      await another.close();
    }
  });
});

test('a key that is not let in is refused for good', async () => {
  const { privateFile } = await rig.ssh.keyPair('another');
  expect(await probe(await put({ identityFile: privateFile }))).toMatchObject({
    isReady: false,
    reason: expect.stringMatching(/Permission denied \(publickey/),
    isFinal: true,
  });
});

test('where nobody listens, it may do better in a while', async () => {
  const [port] = await freePorts(1);
  const place = await rig.ssh.place({ ...request(), port });
  expect(await probe(place)).toMatchObject({
    isReady: false,
    reason: expect.stringContaining('Connection refused'),
    isFinal: false,
  });
});

test('who never answers is given up, and no ssh is left', async () => {
  const clock = createFakeClock();
  const { port, isAsked } = await startSilent();
  const place = await rig.ssh.place({ ...request(), port });
  const trying = probe(place, ['true'], { clock });
  await isAsked;
  await clock.advance(15_000);
  const outcome = { isReady: false, reason: 'no answer within 15 s', isFinal: false };
  expect(await trying).toEqual(outcome);
  await noSshLeft();
});

test('an abort ends it with its reason, and no ssh is left', async () => {
  const { port, isAsked } = await startSilent();
  const place = await rig.ssh.place({ ...request(), port });
  const abort = new AbortController();
  const trying = probe(place, ['true'], { signal: abort.signal });
  trying.catch(() => {});
  await isAsked;
  const reason = new Error('Ctrl-C');
  abort.abort(reason);
  await expect(trying).rejects.toBe(reason);
  await noSshLeft();
});

test('without ssh there is no way, whatever one waits for', async () => {
  const place = await put();
  const { PATH } = process.env;
  process.env['PATH'] = createTempFolder();
  const outcome = await probe(place).finally(() => (process.env['PATH'] = PATH));
  expect(outcome).toEqual({ isReady: false, reason: 'ssh is not on the PATH', isFinal: true });
});

describe('keys', () => {
  test('are made once, also by those who ask at once, and only for this user', async () => {
    const pairs = await Promise.all([1, 2, 3, 4].map(() => rig.ssh.keyPair('fresh')));
    expect(new Set(pairs.map(({ publicKey }) => publicKey)).size).toBe(1);
    const host = await rig.ssh.hostKeyPair('fresh');
    expect(host.publicKey).toMatch(/^ssh-ed25519 \S+ devservices$/);
    expect(host.publicKey).not.toBe(pairs[0]?.publicKey);
    const paths = [host.privateFile, `${host.privateFile}.pub`, dirname(host.privateFile)];
    const modes = paths.map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(['600', '600', '700']);
    await rig.ssh.drop('fresh');
    expect(existsSync(placesOf(rig.folder, 'fresh').keys)).toBe(false);
    expect((await rig.ssh.keyPair('fresh')).publicKey).not.toBe(pairs[0]?.publicKey);
  });

  test('cannot be made without ssh-keygen, which is said', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = createTempFolder();
    const making = rig.ssh.keyPair('fresh').finally(() => (process.env['PATH'] = PATH));
    await expect(making).rejects.toMatchObject({ code: 'DS_WORKSTATION_KEYGEN' });
    expect((await rig.ssh.keyPair('fresh')).publicKey).toMatch(/^ssh-ed25519 /);
  });
});

const request = () => ({ workstation, name: 'box', login, port: server.port });

function put(change: Partial<Login> = {}): Promise<SshPlace> {
  return rig.ssh.place({ ...request(), login: { ...login, ...change } });
}

function probe(
  place: SshPlace,
  command: readonly string[] = ['true'],
  more: { clock?: typeof systemClock; signal?: AbortSignal } = {},
) {
  const signal = new AbortController().signal;
  return probeLogin({
    $: rig.$,
    place,
    command,
    signal,
    timeoutMs: 15_000,
    clock: systemClock,
    ...more,
  });
}

async function startSilent(): Promise<{ port: number; isAsked: Promise<void> }> {
  let onAsked = () => {};
  const isAsked = new Promise<void>((resolve) => (onAsked = resolve));
  return { port: await startGreeter(() => onAsked()), isAsked };
}

async function noSshLeft(): Promise<void> {
  while (commandLines().some((line) => line.includes(`-F ${rig.folder}`))) {
    await systemClock.sleep(10);
  }
}
