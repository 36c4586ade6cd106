import { join } from 'node:path';
import { acquireLock, ensurePrivateFolder, findListeners } from 'devservices/machine';
import { endTunnel } from './end-tunnel.ts';
import { findLiving } from './find-living.ts';
import { type EnsureTunnel, startTunnel, type TunnelSurroundings } from './start-tunnel.ts';
import { keyOf, readTunnels, tunnelPlaces } from './tunnel-files.ts';
import { isLeaderAlive } from './tunnel-processes.ts';
import type { TunnelRecord, TunnelReport } from './tunnel-record.ts';

/** The tunnels of this machine's user: each a detached program, each with a file of its own. */
export interface TunnelRegister {
  /** Those that are recorded, also dead ones, oldest first. Throws DS_STATE_UNREADABLE. */
  list(): readonly TunnelRecord[];
  report(record: TunnelRecord): TunnelReport;
  /**
   * The tunnel to that port: the one that lives and answers, else a new one; who asks at once gets the
   * same. What a failure or an abort leaves is no process, no record and no log.
   *
   * Throws DS_TUNNEL_FAILED with what its program wrote last, what `program` throws, DS_STATE_UNWRITABLE,
   * or the signal's reason.
   */
  ensure(request: EnsureTunnel): Promise<{ report: TunnelReport; isNew: boolean }>;
  /**
   * Ends those, and gives them as they were; dead ones are forgotten, unknown ids are no failure.
   * Throws DS_TUNNEL_LIVES_ON, or the signal's reason.
   */
  end(ids: readonly string[], signal: AbortSignal): Promise<readonly TunnelReport[]>;
}

/**
 * @example
 * const tunnels = openTunnels({ folder: join(stateHome, 'workstations', 'tunnels'), clock, env });
 * const { report } = await tunnels.ensure({ provider, workstation, name, remotePort: 22, program, signal, timeoutMs });
 */
export function openTunnels(surroundings: TunnelSurroundings): TunnelRegister {
  const { folder, clock } = surroundings;
  return {
    list: () => readTunnels(folder),
    report: (record) => reportOf(folder, record),
    async ensure(request) {
      ensurePrivateFolder(folder);
      const path = join(folder, `${keyOf(request)}.lock`);
      const { signal } = request;
      const lock = await acquireLock({ path, task: 'open a tunnel', clock, signal });
      try {
        const living = await findLiving(surroundings, request);
        const record = living ?? (await startTunnel(surroundings, request));
        return { report: reportOf(folder, record), isNew: living === undefined };
      } finally {
        lock.release();
      }
    },
    async end(ids, signal) {
      const wanted = readTunnels(folder).filter(({ id }) => ids.includes(id));
      const reports = wanted.map((record) => reportOf(folder, record));
      await Promise.all(wanted.map((record) => endTunnel(record, { folder, clock, signal })));
      return reports;
    },
  };
}

function reportOf(folder: string, record: TunnelRecord): TunnelReport {
  const { id, provider, name, localPort, remotePort, leader, startedAt } = record;
  return {
    id,
    provider,
    name,
    state: isOpen(record) ? 'open' : 'dead',
    host: '127.0.0.1',
    port: localPort,
    remotePort,
    pid: leader.pid,
    since: new Date(startedAt).toISOString(),
    logFile: tunnelPlaces(folder, id).log,
  };
}

// Off Linux nobody can say who listens.
function isOpen(record: TunnelRecord): boolean {
  if (!isLeaderAlive(record)) return false;
  return process.platform !== 'linux' || findListeners(record.localPort).length > 0;
}
