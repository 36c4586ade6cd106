import type { Clock } from 'devservices/machine';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecords, statusOf } from '../record/records.ts';

const looksAtMost = 50;
const lookEveryMs = 10;

/**
 * The records of a project, those of who just ended with how it did: between its end and what the
 * supervisor writes of it, the process table alone would call its exit code unknown.
 */
export async function readConcluded(
  places: ProcessPlaces,
  { clock, signal, hasSupervisor }: Conclusion,
): Promise<readonly ProcessRecord[]> {
  for (let looks = 1; ; looks++) {
    const records = readRecords(places);
    const isWhole = !records.some(isBeingConcluded) || looks === looksAtMost;
    if (isWhole || !(await hasSupervisor())) return records;
    await clock.sleep(lookEveryMs, signal);
  }
}

interface Conclusion {
  clock: Clock;
  signal: AbortSignal;
  hasSupervisor(): Promise<boolean>;
}

function isBeingConcluded(record: ProcessRecord): boolean {
  const { life, isAttached } = record;
  if (isAttached === true || life?.leader === undefined || life.endedAt !== undefined) return false;
  return statusOf(record).status === 'exited';
}
