import { join } from 'node:path';
import type { ScopeFlags, Workstations } from '../contract.ts';
import { resolveScope } from '../scope.ts';
import { openSshFolder } from '../ssh/ssh-folder.ts';
import { openTunnels } from '../tunnels/open-tunnels.ts';
import { selectTunnels } from '../tunnels/select-tunnels.ts';
import { openProvider } from './open-provider.ts';
import { openSession } from './open-session.ts';
import { reachPlace } from './reach-place.ts';
import type { SessionContext } from './session-context.ts';
import type { WorkstationsContext } from './workstations-context.ts';

/** What the plugin exposes; nothing is opened or asked before it is used. */
export function createWorkstations(context: WorkstationsContext): Workstations {
  const { clock, env, $, stateHome } = context;
  const folder = join(stateHome, 'workstations');
  const tunnels = openTunnels({ folder: join(folder, 'tunnels'), clock, env });
  const ssh = openSshFolder({ folder, $ });

  const prepare = async (flags: ScopeFlags): Promise<SessionContext> => {
    const resolved = resolveScope({ ...context, flags });
    const provider = await openProvider(context, resolved, ssh);
    return { ...context, provider, scope: resolved.scope, tunnels, ssh };
  };

  return {
    open: async (flags) => openSession(await prepare(flags)),
    tunnels: {
      list: async () => tunnels.list().map((record) => tunnels.report(record)),
      async stop(names, signal) {
        const meant = selectTunnels(names, tunnels.list());
        const ended = await tunnels.end(
          meant.map(({ id }) => id),
          signal,
        );
        for (const { workstation } of meant) await ssh.withdraw(workstation);
        return ended;
      },
    },
    reach: async (name, options) => reachPlace(await prepare({}), name, options),
  };
}
