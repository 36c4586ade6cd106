import { type DevServicesError, formatDuration, plainText } from 'devservices/machine';
import type { Workstation, WorkstationState } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import type { TransientFailure } from '../transient-failure.ts';
import type { Goal, Reach } from './reach.ts';

/** What is remembered on the way to a state, and what follows from it. */
export interface ReachMemory {
  /** Takes what a look gave. Throws DS_WORKSTATION_GONE where another one has its place. */
  note(seen: Workstation | undefined): WorkstationState | 'gone';
  noteLookFailed(failure: TransientFailure): void;
  noteAskFailed(failure: TransientFailure): void;
  noteAsked(): void;
  /** Whether it is to be asked now: once only. Throws DS_WORKSTATION_FAILED where that came to nothing. */
  assertMayAsk(): boolean;
  /** It is not there: throws DS_WORKSTATION_GONE, or …_FAILED for a new one that does not appear. */
  assertMayAppear(): void;
  /** Throws DS_WORKSTATION_STATE_UNKNOWN where its state has been a riddle for long. */
  assertMaySettle(): void;
  /** What it is asked for now, in words. */
  asking(): string;
  /** What is waited for, in words. */
  awaited(): string;
  timedOut(): DevServicesError;
}

// How long what should change at once may take to show it.
const patienceMs = 60_000;

// Seen after it was asked, it is on its way: back where it began it has failed.
const onTheWay = { running: 'starting', stopped: 'stopping', gone: undefined } as const;

const until: Readonly<Record<Goal, string>> = {
  running: 'until it runs',
  stopped: 'until it is stopped',
  gone: 'until it is gone',
};

const asking: Readonly<Record<Goal, string>> = {
  running: 'Starting',
  stopped: 'Stopping',
  gone: 'Deleting',
};

export function createReachMemory({
  goal,
  which: { name },
  seen: first,
  isNew = false,
  limit,
  clock,
}: Reach): ReachMemory {
  const startMs = clock.monotonic();
  let uid = first?.uid;
  let last: Workstation | 'gone' | undefined;
  let lookFailure: TransientFailure | undefined;
  let askFailure: TransientFailure | undefined;
  let askedMs: number | undefined;
  let hasMoved = false;
  let puzzledMs: number | undefined;

  const gone = (reason: string) =>
    workstationErrors.create('DS_WORKSTATION_GONE', { name, goal, reason });
  const failed = (reason: string) =>
    workstationErrors.create('DS_WORKSTATION_FAILED', {
      name,
      goal,
      state: describe(last),
      reason,
      next: `See what its provider says of it; \`devservices workstations status ${name}\` shows how it stands.`,
    });

  return {
    note(seen) {
      lookFailure = undefined;
      uid ??= seen?.uid;
      const isOther = seen !== undefined && seen.uid !== uid;
      if (isOther && goal !== 'gone')
        throw gone('it was deleted, and another one has its name now');
      last = seen === undefined || isOther ? 'gone' : seen;
      const state = last === 'gone' ? last : last.state;
      // On its way, whoever's answer was lost: it was taken.
      if (askFailure && state === onTheWay[goal]) this.noteAsked();
      if (askedMs !== undefined && state === onTheWay[goal]) hasMoved = true;
      puzzledMs = state === 'unknown' ? (puzzledMs ?? clock.monotonic()) : undefined;
      return state;
    },
    noteLookFailed: (failure) => void (lookFailure = failure),
    noteAskFailed: (failure) => void (askFailure = failure),
    noteAsked() {
      askFailure = undefined;
      askedMs = clock.monotonic();
    },
    assertMayAsk() {
      if (askedMs === undefined) return true;
      if (goal === 'gone') return false;
      if (hasMoved) throw failed(`it was on its way, and is ${describe(last)} again`);
      const waitedMs = clock.monotonic() - askedMs;
      if (waitedMs >= patienceMs) {
        throw failed(`nothing has changed for ${formatDuration(waitedMs)} since it was asked`);
      }
      return false;
    },
    assertMayAppear() {
      if (uid !== undefined || !isNew) throw gone('somebody else deleted it');
      if (clock.monotonic() - startMs >= patienceMs) {
        throw failed('it was taken as an order, and nothing has come of it');
      }
    },
    assertMaySettle() {
      const waitedMs = clock.monotonic() - (puzzledMs ?? clock.monotonic());
      if (waitedMs < patienceMs) return;
      const [state, waited] = [describe(last), formatDuration(waitedMs)];
      throw workstationErrors.create('DS_WORKSTATION_STATE_UNKNOWN', { name, state, waited });
    },
    asking() {
      return askFailure ? this.awaited() : `${asking[goal]} ${name}`;
    },
    awaited() {
      const failure = lookFailure ?? askFailure;
      if (failure) return `${name}: ${failure.message}; trying again ${until[goal]}`;
      if (last === undefined) return `${name} is looked at; waiting ${until[goal]}`;
      if (last === 'gone' && goal !== 'gone')
        return `${name} is not to be seen yet; waiting ${until[goal]}`;
      const isRiddle = puzzledMs !== undefined;
      return `${name} is ${describe(last)}${isRiddle ? ', a state that is not known' : ''}; waiting ${until[goal]}`;
    },
    timedOut() {
      const failure = lookFailure ?? askFailure;
      return workstationErrors.create(
        'DS_WORKSTATION_TIMEOUT',
        {
          name,
          goal,
          limit: limit.text,
          last: last === undefined ? 'Nothing was seen of it.' : `It was ${describe(last)}.`,
          reason: failure?.message,
        },
        failure?.cause,
      );
    },
  };
}

/** `stopped`, and what nobody knows in the provider's word. */
function describe(seen: Workstation | 'gone' | undefined): string {
  if (seen === undefined || seen === 'gone') return 'not there';
  return seen.state === 'unknown' ? plainText(seen.providerState) : seen.state;
}
