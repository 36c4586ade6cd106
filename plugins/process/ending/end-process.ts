import { type Clock, describeProcess, findSocketOwner } from 'devservices/machine';
import { processErrors } from '../errors.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';
import { findOwnSockets, isListening, type OwnSocket } from './own-sockets.ts';
import { pollUntil } from './poll-until.ts';
import { resolveSignal } from './send-signal.ts';
import { type TrackedMembers, trackMembers } from './track-members.ts';

//   asked ──▶ waiting ──────────────▶ gone
//                │ its grace is over   ▲
//                └──────▶ killing ─────┘
export type EndingState = 'asked' | 'waiting' | 'killing' | 'gone';

export interface EndOptions {
  clock: Clock;
  /** Ends the waiting; what was asked stays asked. */
  signal: AbortSignal;
  /** Between its stop signal and SIGKILL. Default: the run's own. */
  graceMs?: number;
  /** Where nothing of it is left to begin with, it is `gone` at once. */
  onState?(state: EndingState): void;
  /** Settles with the leader's exit, where it is a child of this process: until then nobody looks. */
  ended?: Promise<unknown>;
}

/**
 * Ends a service's processes: asks them by their stop signal, kills what is left after its grace, and
 * resolves when none is left and its ports have no socket of theirs. Needs no supervisor, and signals
 * no stranger.
 *
 * Throws DS_PROCESS_SIGNAL_UNKNOWN, DS_PROCESS_LIVES_ON, DS_PROCESS_PORT_HELD, or the signal's reason.
 */
export async function endProcess(record: ProcessRecord, options: EndOptions): Promise<void> {
  const { onState = () => {}, signal } = options;
  signal.throwIfAborted();
  const stopSignal = stopSignalOf(record);
  const members = trackMembers(record);
  const first = members.look();
  if (first.length > 0) {
    const sockets = findOwnSockets(record, first);
    onState('asked');
    members.ask(stopSignal);
    onState('waiting');
    const graceMs = options.graceMs ?? asProcess(record.target.run).stopGracePeriod;
    if (!(await awaitEnd(members, { ...options, graceMs, stopSignal }))) {
      onState('killing');
      await killAll(record, members, options);
    }
    await awaitClosed(record, sockets, options);
  }
  onState('gone');
}

function stopSignalOf({ target: { service, run } }: ProcessRecord): NodeJS.Signals {
  const { stopSignal } = asProcess(run);
  const known = resolveSignal(stopSignal);
  if (known !== undefined) return known;
  throw processErrors.create('DS_PROCESS_SIGNAL_UNKNOWN', {
    service,
    signal: stopSignal,
    suggestion: 'SIGTERM',
  });
}

async function awaitEnd(
  members: TrackedMembers,
  options: EndOptions & { graceMs: number; stopSignal: NodeJS.Signals },
): Promise<boolean> {
  const { clock, graceMs, stopSignal, ended } = options;
  const began = clock.monotonic();
  if (ended) await awaitExit(ended, options);
  let known = Infinity;
  const forMs = graceMs - (clock.monotonic() - began);
  return pollUntil({ ...options, forMs }, () => {
    // A look at every process is for when something changed, and to be sure that none is left.
    if (known > 0 && members.left().length === known) return false;
    if (members.areGone()) return true;
    known = members.left().length;
    members.ask(stopSignal);
    return false;
  });
}

async function awaitExit(
  ended: Promise<unknown>,
  { clock, graceMs, signal }: EndOptions & { graceMs: number },
): Promise<void> {
  const bell = new AbortController();
  const grace = clock.sleep(graceMs, AbortSignal.any([signal, bell.signal]));
  try {
    await Promise.race([ended.catch(() => {}), grace]);
  } finally {
    grace.catch(() => {});
    bell.abort();
  }
}

const killingMs = 5000;
const lingeringMs = 2000;

async function killAll(
  { target: { service } }: ProcessRecord,
  members: TrackedMembers,
  { clock, signal }: EndOptions,
): Promise<void> {
  const isGone = await pollUntil({ clock, signal, forMs: killingMs }, () => {
    if (members.areGone()) return true;
    members.kill();
    return false;
  });
  if (isGone) return;
  const pids = members.look().map(({ identity }) => identity.pid);
  if (pids.length > 0) throw processErrors.create('DS_PROCESS_LIVES_ON', { service, pids });
}

// A process that was given a socket by one of ours may have it still, whoever it is.
async function awaitClosed(
  { target: { service } }: ProcessRecord,
  sockets: readonly OwnSocket[],
  { clock, signal }: EndOptions,
): Promise<void> {
  const isClosed = () => !sockets.some(isListening);
  if (await pollUntil({ clock, signal, forMs: lingeringMs }, isClosed)) return;
  const held = sockets.find(isListening);
  if (!held) return;
  const pid = findSocketOwner(held.inode);
  const holder =
    pid === undefined ? 'another process' : `${describeProcess(pid) ?? 'process'} (pid ${pid})`;
  throw processErrors.create('DS_PROCESS_PORT_HELD', { service, port: held.port, holder });
}
