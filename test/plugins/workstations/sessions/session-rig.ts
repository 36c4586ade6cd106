import { join } from 'node:path';
import { createShell } from '../../../../core/command.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { workstationsOptions } from '../../../../plugins/workstations/options.ts';
import { openSession } from '../../../../plugins/workstations/sessions/open-session.ts';
import type { SessionContext } from '../../../../plugins/workstations/sessions/session-context.ts';
import { openSshFolder } from '../../../../plugins/workstations/ssh/ssh-folder.ts';
import { openTunnels } from '../../../../plugins/workstations/tunnels/open-tunnels.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { createFakeProvider, fakeScope } from '../fake-provider.ts';

/** A session with a fake provider, a fake clock, and all else as it is. */
export function createSessionRig() {
  const clock = createFakeClock();
  const provider = createFakeProvider();
  const folder = createTempFolder();
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const abort = new AbortController();
  const $ = createShell({
    allowed: [],
    who: 'a test',
    cwd: folder,
    env: async () => ({}),
    signal: abort.signal,
  });
  const context: SessionContext = {
    provider,
    scope: { project: fakeScope.project },
    tunnels: openTunnels({ folder: join(folder, 'tunnels'), clock, env: process.env }),
    ssh: openSshFolder({ folder, $ }),
    options: workstationsOptions.parse(undefined),
    $,
    clock,
    log: { info: tell, warn: tell },
  };
  return { session: openSession(context), context, provider, clock, told, abort, folder };
}
