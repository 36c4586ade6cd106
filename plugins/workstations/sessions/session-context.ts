import type { Clock } from 'devservices/machine';
import type { CommandShell, Logger } from 'devservices/runner';
import type { WorkstationProvider } from '../contract.ts';
import type { WorkstationsOptions } from '../options.ts';
import type { ResolvedScope } from '../scope.ts';
import type { SshFolder } from '../ssh/ssh-folder.ts';
import type { TunnelRegister } from '../tunnels/open-tunnels.ts';

/** What one session works with. */
export interface SessionContext {
  provider: WorkstationProvider;
  scope: ResolvedScope['scope'];
  tunnels: TunnelRegister;
  ssh: SshFolder;
  options: Pick<WorkstationsOptions, 'timeout' | 'ready'>;
  $: CommandShell;
  clock: Clock;
  log: Pick<Logger, 'info' | 'warn'>;
}
