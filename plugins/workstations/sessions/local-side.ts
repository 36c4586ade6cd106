import type { Workstation } from '../contract.ts';
import { workstationKey } from '../connect/workstation-key.ts';
import type { SessionContext } from './session-context.ts';

/** What this machine has of workstations: tunnels, lines for ssh, keys. */
export interface LocalSide {
  /** Ends its tunnels. */
  disconnect(workstation: Workstation, signal: AbortSignal): Promise<void>;
  /** Ends its tunnels, and keeps nothing of it. */
  forget(workstation: Workstation, signal: AbortSignal): Promise<void>;
  /** What `forget` ends, in words. */
  losses(workstation: Workstation): readonly string[];
}

export function createLocalSide({
  tunnels,
  ssh,
}: Pick<SessionContext, 'tunnels' | 'ssh'>): LocalSide {
  const recorded = (workstation: Workstation) => {
    const key = workstationKey(workstation);
    return tunnels.list().filter((record) => record.workstation === key);
  };
  const disconnect: LocalSide['disconnect'] = async (workstation, signal) => {
    const ids = recorded(workstation).map(({ id }) => id);
    if (ids.length > 0) await tunnels.end(ids, signal);
  };
  return {
    async disconnect(workstation, signal) {
      await disconnect(workstation, signal);
      await ssh.withdraw(workstationKey(workstation));
    },
    async forget(workstation, signal) {
      await disconnect(workstation, signal);
      await ssh.drop(workstationKey(workstation));
    },
    losses: (workstation) =>
      recorded(workstation)
        .map((record) => tunnels.report(record))
        .filter(({ state }) => state === 'open')
        .map(
          ({ port }) => `the tunnel from port ${port} of this machine, with what goes through it`,
        ),
  };
}
