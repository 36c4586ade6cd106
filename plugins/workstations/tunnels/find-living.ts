import type { Clock } from 'devservices/machine';
import { awaitOpen } from './await-open.ts';
import { endProcesses } from './end-processes.ts';
import { endTunnel } from './end-tunnel.ts';
import { keyOf, readTunnels, type TunnelTarget } from './tunnel-files.ts';
import { findMarked, isLeaderAlive, markerPrefixOf } from './tunnel-processes.ts';
import type { TunnelRecord } from './tunnel-record.ts';

/**
 * The recorded tunnel to a port that lives and answers. Whatever else there is of it is ended and
 * forgotten: dead ones, those that lead nowhere any more, and what a crash left without a record. Who
 * calls it holds the tunnel's lock: none is being started.
 *
 * Throws DS_TUNNEL_LIVES_ON, DS_STATE_UNREADABLE, or the signal's reason.
 */
export async function findLiving(
  { folder, clock }: { folder: string; clock: Clock },
  { signal, ...target }: TunnelTarget & { signal: AbortSignal },
): Promise<TunnelRecord | undefined> {
  const key = keyOf(target);
  const recorded = readTunnels(folder).filter((record) => keyOf(record) === key);
  let living: TunnelRecord | undefined;
  for (const record of recorded) {
    if (!living && (await leadsThere(record, { folder, clock, signal }))) living = record;
    else await endTunnel(record, { folder, clock, signal });
  }
  if (!living) {
    const look = () => findMarked(markerPrefixOf(folder, target));
    await endProcesses({ look, clock, signal, graceMs: 2000 });
  }
  return living;
}

// Longer than a busy sshd keeps people waiting: others may work through it just now.
const patienceMs = 5000;

async function leadsThere(
  record: TunnelRecord,
  options: { folder: string; clock: Clock; signal: AbortSignal },
): Promise<boolean> {
  // Its starter was killed before it knew the port.
  if (record.localPort === 0 || !isLeaderAlive(record)) return false;
  const opening = await awaitOpen({ record, timeoutMs: patienceMs, ...options });
  return 'port' in opening;
}
