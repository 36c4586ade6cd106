import { plainText } from 'devservices/machine';
import type { Workstation } from '../contract.ts';
import { workstationErrors } from '../errors.ts';

/** Throws DS_WORKSTATION_GONE or …_FAILED unless a workstation that ran is seen to run still. */
export function assertRuns({ name, uid }: Workstation, seen: Workstation | undefined): void {
  const goal = 'ready';
  if (seen?.uid !== uid) {
    const reason = 'somebody else deleted it';
    throw workstationErrors.create('DS_WORKSTATION_GONE', { name, goal, reason });
  }
  if (seen.state === 'running') return;
  throw workstationErrors.create('DS_WORKSTATION_FAILED', {
    name,
    goal,
    state: seen.state === 'unknown' ? plainText(seen.providerState) : seen.state,
    reason: 'it ran, and does no longer',
    next: `\`devservices workstations connect ${name}\` starts it again.`,
  });
}
