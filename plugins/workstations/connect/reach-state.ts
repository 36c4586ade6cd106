/*
 *   ─► is waited for    ═► its provider is asked, once
 *
 *   to be running:   stopping ─► stopped ═► starting ─► RUNNING        starting ─► stopped: failed
 *   to be stopped:   starting ─► running ═► stopping ─► STOPPED        stopping ─► running: failed
 *   to be gone:      whatever it is ══════════════════► GONE
 *
 *   On the way to running and stopped: not there any more, or another in its place: gone.
 *   As it was for a minute after it was asked: failed. In a state that nobody knows for a minute: unknown.
 *
 *   Everywhere: a look that fails for now is repeated; so is a question, after a look. Longer than the
 *   limit: timed out, with what was seen last. Nothing here calls itself: one loop, one look a turn.
 */

import { withDeadline } from 'devservices/machine';
import type { Workstation, WorkstationState } from '../contract.ts';
import { TransientFailure } from '../transient-failure.ts';
import { createBackoff } from './backoff.ts';
import { type Progress, withProgress } from './progress.ts';
import type { Goal, Reach } from './reach.ts';
import { createReachMemory, type ReachMemory } from './reach-memory.ts';

/**
 * Brings a workstation to a state and waits until it is there, saying what it waits for. Gives it as it
 * was seen last. Throws DS_WORKSTATION_FAILED, …_GONE, …_STATE_UNKNOWN, …_TIMEOUT, what the provider
 * throws for good, and the signal's reason.
 *
 * @example const running = await reachState({ provider, goal: 'running', which, limit, clock, say, signal });
 */
export function reachState(reach: Reach<'running' | 'stopped'>): Promise<Workstation>;
export function reachState(reach: Reach<'gone'>): Promise<undefined>;
export async function reachState(reach: Reach): Promise<Workstation | undefined> {
  const { clock, limit, signal } = reach;
  const memory = createReachMemory(reach);
  return withProgress({ ...reach, first: memory.awaited() }, (progress) =>
    withDeadline(
      { clock, ms: limit.leftMs, signal },
      (inner) => walk({ ...reach, signal: inner }, memory, progress),
      () => memory.timedOut(),
    ),
  );
}

type Move = 'done' | 'ask' | 'wait' | 'puzzled' | 'lost';

const moves: Readonly<Record<Goal, Readonly<Record<WorkstationState | 'gone', Move>>>> = {
  running: {
    stopping: 'wait',
    stopped: 'ask',
    starting: 'wait',
    running: 'done',
    unknown: 'puzzled',
    gone: 'lost',
  },
  stopped: {
    starting: 'wait',
    running: 'ask',
    stopping: 'wait',
    stopped: 'done',
    unknown: 'puzzled',
    gone: 'lost',
  },
  gone: {
    starting: 'ask',
    running: 'ask',
    stopping: 'ask',
    stopped: 'ask',
    unknown: 'ask',
    gone: 'done',
  },
};

async function walk(
  reach: Reach,
  memory: ReachMemory,
  progress: Progress,
): Promise<Workstation | undefined> {
  const { goal, signal, clock } = reach;
  let backoff = createBackoff(clock);
  let given = reach.seen;
  for (;;) {
    const seen = given ?? (await look(reach, memory));
    given = undefined;
    // A provider may know no signal: nothing is asked of it any more.
    signal.throwIfAborted();
    const move = seen === 'unsure' ? 'wait' : moves[goal][memory.note(seen)];
    if (move === 'done') return goal !== 'gone' && typeof seen === 'object' ? seen : undefined;
    if (move === 'lost') memory.assertMayAppear();
    if (move === 'puzzled') memory.assertMaySettle();
    if (move === 'ask' && typeof seen === 'object' && memory.assertMayAsk()) {
      progress.at(memory.asking());
      if (await ask(reach, memory, seen)) {
        backoff = createBackoff(clock);
        continue;
      }
    }
    progress.at(memory.awaited());
    await backoff.wait(signal);
  }
}

async function look(
  { provider, which, signal }: Reach,
  memory: ReachMemory,
): Promise<Workstation | undefined | 'unsure'> {
  try {
    return await provider.look(which, signal);
  } catch (thrown) {
    if (!(thrown instanceof TransientFailure)) throw thrown;
    memory.noteLookFailed(thrown);
    return 'unsure';
  }
}

const verbs = { running: 'start', stopped: 'stop', gone: 'delete' } as const;

// Whether it was taken; where that is not known, a look comes before it is asked again.
async function ask(
  { provider, goal, signal }: Reach,
  memory: ReachMemory,
  workstation: Workstation,
): Promise<boolean> {
  try {
    await provider[verbs[goal]](workstation, signal);
  } catch (thrown) {
    if (!(thrown instanceof TransientFailure)) throw thrown;
    memory.noteAskFailed(thrown);
    signal.throwIfAborted();
    return false;
  }
  signal.throwIfAborted();
  memory.noteAsked();
  return true;
}
