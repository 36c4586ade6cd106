import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePrivateFolder, identifyProcess, isAlive } from 'devservices/machine';
import type { ProcessIdentity } from 'devservices/machine';
import { lastWords } from '../engine/ssh/open-ssh.ts';
import { callSsh } from './call-ssh.ts';
import { formatForward } from './forward.ts';
import type { Forward } from './forward.ts';

/** Where one ssh that others ride on listens for them, and what it writes. */
export interface MasterPlace {
  /** Folder of its socket: ssh is run there, so that the length of its path does not matter. */
  folder: string;
  /** Name of the socket in it. */
  socket: string;
  log: string;
  env: Readonly<Record<string, string | undefined>>;
}

const connectMs = 30_000;
const requestMs = 10_000;
const answerMs = 5000;
const graceMs = 3000;
const pauseMs = 10;

/**
 * Connects and stays in the background, in a session of its own, whatever becomes of us; forwards nothing
 * yet. `route` ends with the host. Throws ssh's own words.
 */
export async function startMaster(
  place: MasterPlace,
  { route, signal }: { route: readonly string[]; signal: AbortSignal },
): Promise<ProcessIdentity> {
  ensurePrivateFolder(place.folder);
  await endMaster(place, undefined);
  const stderr = openSync(place.log, 'a', 0o600);
  try {
    const args = [...masterOptions, '-S', place.socket, '-E', place.log, ...route];
    const call = { ...place, args, stderr, timeoutMs: connectMs, signal };
    const { exitCode, isMissing } = await callSsh(call);
    const leader = exitCode === 0 ? await findLeader(place) : undefined;
    if (leader) return leader;
    if (isMissing) throw new Error('there is no `ssh` on the PATH');
    const silence = exitCode === null ? `no answer within ${connectMs / 1000} s` : 'ssh ended';
    throw new Error(wordsOf(place) || silence);
  } finally {
    closeSync(stderr);
  }
}

/** Whether the ssh that a record names is there and can be asked. */
export function isThere(
  place: MasterPlace,
  { leader, startedAt }: { leader: ProcessIdentity; startedAt: number },
): boolean {
  return isAlive(leader, startedAt) && existsSync(join(place.folder, place.socket));
}

/** False where the port here could not be had; one that leads there already is no error. */
export async function addForward(place: MasterPlace, forward: Forward): Promise<boolean> {
  return request(place, ['-O', 'forward', '-L', formatForward(forward)]);
}

/** Connections that go through it stay; false where there is no such forward. */
export async function cancelForward(place: MasterPlace, forward: Forward): Promise<boolean> {
  return request(place, ['-O', 'cancel', '-L', formatForward(forward)]);
}

/** Whether the other machine still answers: a connection may be dead without anybody having noticed. */
export async function doesAnswer(place: MasterPlace): Promise<boolean> {
  const args = [...control(place), '-W', '127.0.0.1:1', anyHost];
  return (await callSsh({ ...place, args, timeoutMs: answerMs })).exitCode !== null;
}

/** What a port of the other machine's loopback address says first; undefined where nobody does. */
export async function hear(
  place: MasterPlace,
  { port, timeoutMs }: { port: number; timeoutMs: number },
): Promise<string | undefined> {
  const args = [...control(place), '-W', `127.0.0.1:${port}`, anyHost];
  const { exitCode, output } = await callSsh({ ...place, args, timeoutMs });
  return exitCode === 0 ? output : undefined;
}

/** Ends it with all that goes through it, and what no record tells of; resolves when it is gone. */
export async function endMaster(
  place: MasterPlace,
  noted: { leader: ProcessIdentity; startedAt: number } | undefined,
): Promise<void> {
  if (noted) await end(noted);
  const path = join(place.folder, place.socket);
  if (existsSync(path)) {
    // Of somebody who was killed between its start and the note of it.
    const leader = await findLeader(place);
    if (leader) await end({ leader, startedAt: Date.now() });
    rmSync(path, { force: true });
  }
  rmSync(place.log, { force: true });
}

async function end({ leader, startedAt }: { leader: ProcessIdentity; startedAt: number }) {
  const deadline = performance.now() + graceMs;
  let isForced = false;
  if (isAlive(leader, startedAt)) kill(leader.pid, 'SIGTERM');
  while (isAlive(leader, startedAt)) {
    if (!isForced && performance.now() > deadline) {
      kill(leader.pid, 'SIGKILL');
      isForced = true;
    }
    await sleep(pauseMs);
  }
}

/** How often the other machine's sshd refused to pass something on, as its own rule. */
export function countRefusals({ log }: MasterPlace): number {
  return read(log).split('administratively prohibited').length - 1;
}

/** What it wrote last. */
export function wordsOf({ log }: MasterPlace): string {
  return lastWords(read(log));
}

const asOptions = (...all: readonly string[]): string[] => all.flatMap((one) => ['-o', one]);

const masterOptions = [
  '-fNMTax',
  ...asOptions('ControlPersist=no', 'ClearAllForwardings=yes', 'PermitLocalCommand=no'),
  ...asOptions('ServerAliveInterval=15', 'ServerAliveCountMax=3'),
  // What it says while it runs is read by us.
  ...asOptions('LogLevel=INFO'),
];

// The socket leads to the other machine; nothing of a configuration has a say in what is asked there.
const anyHost = 'forwards';
const control = ({ socket }: MasterPlace): string[] => {
  const alone = asOptions('ControlMaster=no', 'ProxyCommand=false');
  return ['-F', '/dev/null', '-S', socket, ...alone];
};

async function request(place: MasterPlace, asked: readonly string[]): Promise<boolean> {
  const args = [...control(place), ...asked, anyHost];
  return (await callSsh({ ...place, args, timeoutMs: requestMs })).exitCode === 0;
}

async function findLeader(place: MasterPlace): Promise<ProcessIdentity | undefined> {
  const args = [...control(place), '-O', 'check', anyHost];
  const { output } = await callSsh({ ...place, args, timeoutMs: requestMs });
  const pid = Number(/pid=(\d+)/.exec(output)?.[1]);
  return pid > 1 ? identifyProcess(pid) : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended in between.
  }
}
