import { identifyProcess } from 'devservices/machine';
import type { ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';
import { restartsAfter } from './restart-policy.ts';

/**
 * What a new supervisor makes of a record that it finds:
 *
 * - `none`: nobody waits for it;
 * - `watch`: its leader was alive when it was written, and is looked at;
 * - `again`: its policy was about to start it again;
 * - `gave-up`, `idle`: it ended for good, unless a change of its files starts it;
 * - `over`: its end was seen by nobody: it was started and never recorded, or this machine was started
 *   again since.
 */
export type Adoption = 'none' | 'watch' | 'again' | 'gave-up' | 'over' | 'idle';

/** Pure but for the name of this machine's present run. */
export function resolveAdoption(
  { life, isStopped, isAttached, gaveUp, target }: ProcessRecord,
  bootId = identifyProcess(process.pid)?.bootId,
): Adoption {
  // Who waits for an attached one is whoever attached it.
  if (!life || isStopped || isAttached) return 'none';
  if (gaveUp !== undefined) return 'gave-up';
  const isOfThisBoot = life.leader?.bootId === bootId;
  if (life.endedAt === undefined) return isOfThisBoot ? 'watch' : 'over';
  const isDue = isOfThisBoot && restartsAfter(asProcess(target.run), life.exitCode);
  return isDue ? 'again' : 'idle';
}
