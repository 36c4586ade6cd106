import { readFileSync } from 'node:fs';
import { type Clock, findListeners } from 'devservices/machine';
import { askPort } from './ask-port.ts';
import { findOwnPorts } from './own-listeners.ts';
import { tunnelPlaces } from './tunnel-files.ts';
import { isLeaderAlive, processesOf } from './tunnel-processes.ts';
import type { TunnelRecord } from './tunnel-record.ts';

export interface AwaitOpen {
  folder: string;
  /** As it was started: without a port, where its program takes one itself. */
  record: TunnelRecord;
  /** Aborts as soon as its program has ended, with how it did; of one that others started, nobody is told. */
  ended?: AbortSignal;
  clock: Clock;
  signal: AbortSignal;
  timeoutMs: number;
}

/** The port of this machine that leads there, or why none does, in words behind the program's name. */
export type Opening = { port: number } | { reason: string; isLate: boolean };

/**
 * Waits until a tunnel's own processes listen, and what they listen for answers: a port alone proves
 * nothing, as a stranger may have taken it. Rejects with the signal's reason only.
 */
export async function awaitOpen(request: AwaitOpen): Promise<Opening> {
  const { record, ended = never, clock, signal, timeoutMs } = request;
  const end = clock.monotonic() + timeoutMs;
  const until = AbortSignal.any([signal, ended]);
  let [last, why] = ['did not listen', ''];
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    try {
      const port = findPort(request);
      if (port !== undefined) {
        const isSsh = record.remotePort === sshPort;
        const answer = await askPort({ port, isSsh, clock, signal: until });
        if (answer.isOpen) return { port };
        last = 'listens, but nothing answers through it';
        why = `: ${answer.reason}`;
      }
      if (!request.ended && !isLeaderAlive(record)) {
        return { reason: 'is gone', isLate: false };
      }
      const leftMs = end - clock.monotonic();
      if (leftMs <= 0) {
        return { reason: `${last} within ${timeoutMs / 1000} s${why}`, isLate: true };
      }
      await clock.sleep(Math.min(pauseMs, leftMs), until);
    } catch (error) {
      signal.throwIfAborted();
      if (!ended.aborted) throw error;
      return { reason: String(ended.reason), isLate: false };
    }
  }
}

const sshPort = 22;
const firstPauseMs = 20;
const longestPauseMs = 1000;
const never = new AbortController().signal;

function findPort({ folder, record }: AwaitOpen): number | undefined {
  const { localPort } = record;
  if (process.platform !== 'linux') return localPort > 0 ? localPort : findSaidPort(folder, record);
  // Who listens costs a look at every process: only where anybody does.
  if (localPort > 0 && findListeners(localPort).length === 0) return undefined;
  const own = findOwnPorts(processesOf(folder, record));
  return localPort > 0 ? own.find((port) => port === localPort) : own[0];
}

// Where the system does not say who listens, the program itself may have.
function findSaidPort(folder: string, { id }: TunnelRecord): number | undefined {
  try {
    const said = /\bport \[?(\d+)/i.exec(readFileSync(tunnelPlaces(folder, id).log, 'utf8'));
    return said ? Number(said[1]) : undefined;
  } catch {
    return undefined;
  }
}
