import { type CommandShell, createShell } from '../../../../core/command.ts';
import { openSshFolder, type SshFolder } from '../../../../plugins/workstations/ssh/ssh-folder.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

/** Our ssh configuration in a folder of a test's own. */
export interface SshRig {
  folder: string;
  ssh: SshFolder;
  /** As the plugin gets it. */
  $: CommandShell;
}

export function createSshRig(folder = createTempFolder()): SshRig {
  const $ = createShell({
    allowed: ['ssh', 'ssh-keygen'],
    who: 'the plugin workstations',
    cwd: folder,
    env: () => Promise.reject(new Error('nothing of the project is asked for')),
    signal: new AbortController().signal,
  });
  return { folder, ssh: openSshFolder({ folder, $ }), $ };
}
