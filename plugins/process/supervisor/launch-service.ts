import { type Clock, isDevServicesError } from 'devservices/machine';
import { endProcess } from '../ending/end-process.ts';
import { spawnProcess } from '../launch/spawn-process.ts';
import type { ProcessLife, ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { type Living, watchChild } from './living.ts';
import type { RecordKeeper } from './record-keeper.ts';

export interface Launch {
  places: ProcessPlaces;
  clock: Clock;
  logOffset: number;
  /** How often in a row its policy started it, with this time. */
  restarts: number;
  /** Ends what runs before the process itself. */
  signal: AbortSignal;
}

/**
 * Starts what a record says, and remembers it: the intent first, since what is started and not yet
 * recorded is known by its marker alone. Throws what spawning throws, and DS_STATE_UNWRITABLE with
 * nothing left running.
 */
export async function launchService(keeper: RecordKeeper, launch: Launch): Promise<Living> {
  const { places, clock, logOffset, restarts, signal } = launch;
  const { gaveUp: _, readyGeneration: __, isAttached: ___, ...lasting } = keeper.record;
  const intent: ProcessLife = { hasGroup: true, startedAt: clock.now(), logOffset };
  keeper.write({ ...lasting, isStopped: false, restarts, life: intent });
  const { target } = lasting;
  const { child, identity } = await spawnProcess({
    record: keeper.record,
    logFile: places.log(target.service),
    signal,
  });
  const living = watchChild(child);
  const started: ProcessRecord = {
    ...keeper.record,
    life: { ...intent, startedAt: clock.now(), leader: identity },
  };
  try {
    keeper.write(started);
    return living;
  } catch (error) {
    // What nobody could find again must not run.
    await endProcess(started, { clock, signal: new AbortController().signal });
    living.forget();
    throw error;
  }
}

/** What a start that failed counts as, for a policy: what a shell would say. */
export function exitCodeOf(error: unknown): number {
  const { shellStatus, exitCode } = isDevServicesError(error) ? error.facts : {};
  if (typeof shellStatus === 'number') return shellStatus;
  return typeof exitCode === 'number' ? exitCode : 1;
}
