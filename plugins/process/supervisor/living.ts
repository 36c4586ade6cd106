import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { type Clock, isAlive } from 'devservices/machine';
import type { ProcessLife } from '../record/process-record.ts';

/** A process that runs, and what comes of it. */
export interface Living {
  /** Resolves with its exit code, 128 + n for a signal; undefined where that cannot be known. */
  readonly ended: Promise<number | undefined>;
  /** Whether it is nobody's child here: then nobody learns how it ended. */
  readonly isAdopted: boolean;
  /** Aborts when it has ended, or is no longer watched. */
  readonly over: AbortSignal;
  /** Stops watching; it runs on. */
  forget(): void;
}

/** A process that was started here. */
export function watchChild(child: ChildProcess): Living {
  const over = new AbortController();
  const ended = new Promise<number | undefined>((resolve) => {
    const end = (): void => {
      const { exitCode, signalCode } = child;
      resolve(exitCode ?? (signalCode === null ? undefined : 128 + constants.signals[signalCode]));
      over.abort();
    };
    // It may have ended before anybody could listen.
    if (child.exitCode !== null || child.signalCode !== null) end();
    else child.once('exit', end);
  });
  return { ended, isAdopted: false, over: over.signal, forget: () => over.abort() };
}

// The system tells of the end of children alone: others are looked at this often.
const lookEveryMs = 250;

/** A process that somebody else started, who is gone. */
export function watchAdopted(
  { leader, startedAt }: Pick<ProcessLife, 'leader' | 'startedAt'>,
  clock: Clock,
): Living {
  const over = new AbortController();
  const ended = (async (): Promise<undefined> => {
    const lives = (): boolean => leader !== undefined && isAlive(leader, startedAt);
    while (lives()) await clock.sleep(lookEveryMs, over.signal);
    over.abort();
  })();
  // Who is no longer watched ends unseen.
  const unseen = ended.catch(() => new Promise<undefined>(() => {}));
  return { ended: unseen, isAdopted: true, over: over.signal, forget: () => over.abort() };
}
