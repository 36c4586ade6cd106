import type { PluginContext } from 'devservices';
import type { Clock } from 'devservices/machine';
import type { CommandShell, Logger } from 'devservices/runner';
import type { WorkstationsOptions } from '../options.ts';

/** What everything about workstations is made of, as the plugin got it. */
export interface WorkstationsContext {
  options: WorkstationsOptions;
  env: Readonly<Record<string, string | undefined>>;
  $: CommandShell;
  clock: Clock;
  log: Logger;
  use: PluginContext<unknown>['use'];
  defer: PluginContext<unknown>['defer'];
  /** Name of the project of this checkout. */
  project: string;
  /** Id of this checkout. */
  checkout: string;
  /** Folder of the configuration. */
  root: string;
  /** Folder that all checkouts of this user share. */
  stateHome: string;
}
