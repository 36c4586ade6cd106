import { constants } from 'node:os';
import { isAlive, isErrno } from 'devservices/machine';
import type { ProcessRow } from './process-row.ts';

/** The signal of this machine that a name means, with or without `SIG`; undefined where it is none. */
export function resolveSignal(name: string): NodeJS.Signals | undefined {
  const upper = name.trim().toUpperCase();
  const full = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return Object.hasOwn(constants.signals, full) ? (full as NodeJS.Signals) : undefined;
}

/**
 * Sends a signal to processes of the table; to a group as a whole where all of it are meant, so that
 * none is missed that is just being started. Who has ended, or may not be signalled, is left out.
 */
export function sendSignal(
  signal: NodeJS.Signals,
  to: readonly ProcessRow[],
  table: readonly ProcessRow[],
): void {
  const meant = new Set(to.map(({ identity }) => identity.pid));
  for (const group of new Set(to.map((row) => row.group))) {
    const mates = table.filter((row) => row.group === group && !row.isZombie);
    const living = to.filter((row) => row.group === group).filter(isStillThere);
    if (living.length === 0) continue;
    if (mates.every(({ identity }) => meant.has(identity.pid))) send(-group, signal);
    else for (const { identity } of living) send(identity.pid, signal);
  }
}

/** Whether a process that was in a table lives, and is the same. */
export function isStillThere({ identity }: Pick<ProcessRow, 'identity'>): boolean {
  return isAlive(identity, Date.now());
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // It ended in between, or is another user's: whoever waits for its end will notice.
    if (!isErrno(error, 'ESRCH', 'EPERM')) throw error;
  }
}
