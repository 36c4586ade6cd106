import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import {
  acquireLock,
  type Clock,
  ensurePrivateFolder,
  identifyProcess,
  type Lock,
  replaceStateFile,
} from 'devservices/machine';
import { readLivingSupervisor, readSupervisorFile } from '../client/supervisor-file.ts';
import { placesOf } from '../record/places.ts';
import { protocolVersion, type SupervisorFile } from './protocol.ts';
import { createSupervisorServer } from './server.ts';
import { superviseCheckout, type SupervisedCheckout } from './supervise-checkout.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

type Surroundings = { clock: Clock; say(text: string): void };
type Places = Pick<ReturnType<typeof placesOf>, 'supervisor' | 'socket'>;

// Nobody asks for anything that long, and there is nothing to look after: it ends.
const idleMs = 10_000;
const lookEveryMs = 2000;

/**
 * Looks after the processes of one checkout, and resolves when it is to end: there are none left,
 * somebody asked it to leave, or another one does it.
 */
export async function runSupervisor(
  options: SupervisorOptions,
  { clock, say }: Surroundings,
): Promise<void> {
  const places = placesOf(options, { project: '', checkout: options.checkout });
  ensurePrivateFolder(dirname(places.supervisor));
  ensurePrivateFolder(dirname(places.socket));
  const lock = await becomeTheOne(places, clock);
  if (!lock) return;
  const checkout = superviseCheckout(options, { clock, say });
  const ending = new AbortController();
  const leave = (): void => ending.abort();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, leave);
  await checkout.adopt();
  let lastAskedAt = clock.monotonic();
  const file = describe(places, clock);
  const server = createSupervisorServer(withLeave(checkout, leave), file.token);
  server.on('request', () => (lastAskedAt = clock.monotonic()));
  await listen(server, places.socket);
  replaceStateFile(places.supervisor, JSON.stringify(file));
  say(`looks after ${options.checkout}`);
  const isOver = (): boolean => {
    try {
      if (readSupervisorFile(places.supervisor)?.token !== file.token) return true;
      return clock.monotonic() - lastAskedAt > idleMs && checkout.isEmpty();
    } catch {
      // What cannot be read is no reason to leave somebody alone.
      return false;
    }
  };
  await untilOver({ clock, signal: ending.signal, isOver });
  say('leaves');
  checkout.leave();
  removeOwn(places, file);
  server.close();
  server.closeAllConnections();
  lock.release();
}

/** The lock, or undefined where another one has it and answers. */
async function becomeTheOne(places: Places, clock: Clock): Promise<Lock | undefined> {
  const other = new AbortController();
  const path = join(dirname(places.supervisor), 'supervisor.lock');
  try {
    return await acquireLock({
      path,
      task: 'supervise',
      clock,
      signal: other.signal,
      onWait: () => void untilOther(places, { clock, other }),
    });
  } catch (error) {
    if (other.signal.aborted) return undefined;
    throw error;
  }
}

const lookForOtherMs = 20;

async function untilOther(
  places: Places,
  { clock, other }: { clock: Clock; other: AbortController },
): Promise<void> {
  while (!readLivingSupervisor(places)) await clock.sleep(lookForOtherMs);
  other.abort();
}

function describe({ socket }: Places, clock: Clock): SupervisorFile {
  return {
    v: 1,
    protocol: protocolVersion,
    identity: identifyProcess(process.pid) as SupervisorFile['identity'],
    token: randomBytes(32).toString('base64url'),
    socket,
    startedAt: clock.now(),
  };
}

async function listen(server: Server, socket: string): Promise<void> {
  // The lock is ours: what is there was left by one that was killed.
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
}

function withLeave(checkout: SupervisedCheckout, leave: () => void) {
  return {
    ...checkout,
    leave: ({ ifEmpty = false }: { ifEmpty?: boolean }) =>
      ifEmpty && !checkout.isEmpty()
        ? { answer: { stays: true }, after: () => {} }
        : { answer: {}, after: leave },
  };
}

async function untilOver({
  clock,
  signal,
  isOver,
}: {
  clock: Clock;
  signal: AbortSignal;
  isOver(): boolean;
}): Promise<void> {
  while (!signal.aborted && !isOver()) {
    await clock.sleep(lookEveryMs, signal).catch(() => {});
  }
}

// Its file may be another one's by now, where somebody removed ours.
function removeOwn(places: Places, { token }: SupervisorFile): void {
  if (readSupervisorFile(places.supervisor)?.token !== token) return;
  rmSync(places.supervisor, { force: true });
  rmSync(places.socket, { force: true });
}
