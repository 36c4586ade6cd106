import { spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  acquireLock,
  type Clock,
  ensurePrivateFolder,
  reasonOf,
  systemClock,
  watchPath,
} from 'devservices/machine';
import type { ProcessPlaces } from '../record/process-record.ts';
import { processErrors } from '../errors.ts';
import type { SupervisorOptions } from '../supervisor/supervisor-options.ts';
import { connectSupervisor, type SupervisorClient } from './connect-supervisor.ts';
import { supervisorProgram } from './supervisor-program.ts';

/** What a supervisor is started with, and how the start is waited for. */
export interface SupervisorStart extends SupervisorOptions {
  clock?: Clock;
  signal?: AbortSignal;
}

/**
 * The checkout's supervisor: the one that lives, else one that is started now, detached from the caller.
 * Two that ask at once get the same.
 *
 * Throws DS_PROCESS_SUPERVISOR_FAILED with what it wrote last, DS_PROCESS_SUPERVISOR_NEWER,
 * DS_PROCESS_SOCKET_TOO_LONG, DS_STATE_UNWRITABLE, DS_STATE_FOREIGN.
 *
 * @example const supervisor = await ensureSupervisor(places, { stateHome, runtimeFolder, checkout });
 */
export async function ensureSupervisor(
  places: Pick<ProcessPlaces, 'supervisor' | 'socket'>,
  start: SupervisorStart,
): Promise<SupervisorClient> {
  const living = await connectSupervisor(places, start.clock);
  if (living) return living;
  // Of one process only one waits for the lock; where that one gives up, the next does it.
  const other = underWay.get(places.supervisor);
  if (other) return other.catch(() => ensureSupervisor(places, start));
  const started = startOnce(places, start);
  underWay.set(places.supervisor, started);
  try {
    return await started;
  } finally {
    underWay.delete(places.supervisor);
  }
}

const underWay = new Map<string, Promise<SupervisorClient>>();

async function startOnce(
  places: Pick<ProcessPlaces, 'supervisor' | 'socket'>,
  { clock = systemClock, signal, ...options }: SupervisorStart,
): Promise<SupervisorClient> {
  assertFits(places.socket);
  const stateFolder = dirname(places.supervisor);
  ensurePrivateFolder(stateFolder);
  ensurePrivateFolder(dirname(places.socket));
  const path = join(stateFolder, 'supervisor-start.lock');
  const lock = await acquireLock({ path, task: 'start the supervisor', clock, signal });
  try {
    // Whoever held the lock may have started it.
    return (
      (await connectSupervisor(places, clock)) ?? (await startSupervisor(places, options, signal))
    );
  } finally {
    lock.release();
  }
}

async function startSupervisor(
  places: Pick<ProcessPlaces, 'supervisor'>,
  options: SupervisorOptions,
  signal: AbortSignal | undefined,
): Promise<SupervisorClient> {
  for (let tries = 1; ; tries += 1) {
    const client = await tryToStart(places, options, { signal, isLast: tries === mostTries });
    // It ended since another one was there, which has left by now.
    if (client) return client;
  }
}

const mostTries = 3;

/** Undefined where it ended of its own accord, having nothing to do. */
async function tryToStart(
  places: Pick<ProcessPlaces, 'supervisor'>,
  options: SupervisorOptions,
  { signal, isLast }: { signal: AbortSignal | undefined; isLast: boolean },
): Promise<SupervisorClient | undefined> {
  const logFile = join(dirname(places.supervisor), 'supervisor.log');
  // Before the start, so that no change is missed.
  const changes = watchPath(places.supervisor);
  const end = new AbortController();
  const until = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  try {
    const ended = launch(options, logFile);
    void ended.then(() => end.abort());
    for (;;) {
      signal?.throwIfAborted();
      const client = await connectSupervisor(places);
      if (client) return client;
      if (end.signal.aborted) {
        const how = await ended;
        if (how === endedWell && !isLast) return undefined;
        throw processErrors.create('DS_PROCESS_SUPERVISOR_FAILED', {
          end: how,
          log: lastLines(logFile),
        });
      }
      await changes.next(until);
    }
  } finally {
    changes.close();
  }
}

const endedWell = 'ended with exit code 0';

/** Resolves with how it ended, in words, should it end. */
function launch(options: SupervisorOptions, logFile: string): Promise<string> {
  const log = openLog(logFile);
  try {
    const child = spawn(process.execPath, [...supervisorProgram(), JSON.stringify(options)], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', log],
      env: basicEnvironment(),
    });
    child.unref();
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${reasonOf(error)}`));
      child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
    });
  } finally {
    closeSync(log);
  }
}

const longestLogBytes = 1024 * 1024;

function openLog(path: string): number {
  const length = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(path, length > longestLogBytes ? 'w' : 'a', 0o600);
  chmodSync(path, 0o600);
  return log;
}

// It outlives the caller, whose variables belong to the caller's processes: options of node, which
// open ports or load code, and secrets are not its business.
function basicEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SYSTEMROOT'];
  const homes = ['XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR'];
  return Object.fromEntries(
    [...names, ...homes].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function lastLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-10);
  } catch {
    return [];
  }
}

// Longer ones are cut by the system without a word.
const longestSocketBytes = process.platform === 'linux' ? 107 : 103;

function assertFits(socket: string): void {
  const bytes = Buffer.byteLength(socket);
  if (process.platform === 'win32' || bytes <= longestSocketBytes) return;
  throw processErrors.create('DS_PROCESS_SOCKET_TOO_LONG', {
    path: socket,
    bytes,
    longest: longestSocketBytes,
  });
}
