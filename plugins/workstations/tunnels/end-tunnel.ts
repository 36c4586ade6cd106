import type { Clock } from 'devservices/machine';
import { workstationErrors } from '../errors.ts';
import { endProcesses } from './end-processes.ts';
import { removeTunnel } from './tunnel-files.ts';
import { processesOf } from './tunnel-processes.ts';
import type { TunnelRecord } from './tunnel-record.ts';

export interface EndTunnel {
  folder: string;
  clock: Clock;
  /** Ends the waiting; what was asked stays asked, and the tunnel is not forgotten. */
  signal?: AbortSignal | undefined;
  /** Between SIGTERM and SIGKILL. Default: 5 s. */
  graceMs?: number;
}

/**
 * Ends a tunnel's processes and forgets it, its log too. A pid that was given to somebody else is left
 * alone. Throws DS_TUNNEL_LIVES_ON, DS_STATE_UNWRITABLE, or the signal's reason.
 */
export async function endTunnel(record: TunnelRecord, options: EndTunnel): Promise<void> {
  const { folder, graceMs = 5000, ...rest } = options;
  const pids = await endProcesses({ look: () => processesOf(folder, record), graceMs, ...rest });
  if (pids.length > 0) {
    throw workstationErrors.create('DS_TUNNEL_LIVES_ON', { name: record.name, pids });
  }
  removeTunnel(folder, record.id);
}
