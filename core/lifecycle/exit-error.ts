import { withDeadline } from '../clock.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { Instance } from '../run/runner.ts';
import type { ServiceRun } from './service-run.ts';

/** How an instance ended, and how often. */
export interface InstanceEnd {
  /** Undefined where nobody saw it. */
  exitCode: number | undefined;
  /** Since it is looked at, this one among them. */
  exits: number;
  willRestart: boolean;
}

const crashLoopExits = 3;
const notePatienceMs = 5000;

/** Whether it ends over and over: still tried again, or given up by its own policy. */
export function isCrashLoop({ exitCode, exits, willRestart }: InstanceEnd): boolean {
  return willRestart ? exits >= crashLoopExits : exits > 1 && exitCode !== 0;
}

/** What is said of an end; `awaited` is what it was to become, absent where it was ready already. */
export function createExitError(
  end: InstanceEnd,
  about: { service: string; awaited?: string; note?: string | undefined },
): DevServicesError {
  const { exitCode, exits } = end;
  return isCrashLoop(end)
    ? serviceErrors.create('DS_SERVICE_CRASH_LOOP', { ...about, exitCode, exits })
    : serviceErrors.create('DS_SERVICE_EXITED', { ...about, exitCode });
}

/** What its runner has to say of one whose policy gave it up; undefined where that cannot be had soon. */
export async function findNote(
  { runner, planned, clock, signal }: ServiceRun,
  { id }: Instance,
  { exits, willRestart }: InstanceEnd,
): Promise<string | undefined> {
  if (willRestart || exits < 2) return undefined;
  try {
    const { instances } = await withDeadline(
      { clock, ms: notePatienceMs, signal },
      (own) => runner.observe(planned.project, own),
      () => new Error('too slow'),
    );
    return instances.find((one) => one.id === id)?.note;
  } catch {
    // What explains a failure must not become another one.
    return undefined;
  }
}
