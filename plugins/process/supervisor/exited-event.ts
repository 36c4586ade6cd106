import type { ProcessRecord } from '../record/process-record.ts';
import type { SupervisorEvent } from './protocol.ts';

/** What is told of the end that a record remembers. */
export function exitedEvent(
  { id, target: { service }, life }: ProcessRecord,
  { willRestart, isRemoval = false }: { willRestart: boolean; isRemoval?: boolean },
): SupervisorEvent {
  const seen = life?.exitCode === undefined ? {} : { exitCode: life.exitCode };
  const at = life?.endedAt ?? 0;
  return { type: 'exited', service, id, at, ...seen, willRestart, isRemoval };
}
