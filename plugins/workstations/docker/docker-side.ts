import type { Contracts } from 'devservices';
import type { Clock } from 'devservices/machine';
import type { CommandShell, Logger } from 'devservices/runner';
import type { WorkstationsOptions } from '../options.ts';
import type { WorkstationKeys } from '../ssh/ssh-folder.ts';
import type { Caller } from './account.ts';
import type { Engine } from './ask-engine.ts';

export interface DockerProviderOptions {
  /** The client of the engine. */
  engine(): Promise<Engine>;
  /** How one gets to its machine. */
  route(): Promise<Contracts['engineRoute']>;
  /** Name of the project. */
  project: string;
  /** Id of the checkout. */
  checkout: string;
  /** Folder of the configuration. */
  root: string;
  options: WorkstationsOptions['docker'];
  /** Configuration that was named, of which there is one. */
  config?: string | undefined;
  keys: WorkstationKeys;
  $: CommandShell;
  log: Pick<Logger, 'warn'>;
  clock?: Clock;
  /** Runs at the end, also after Ctrl-C, and is waited for. */
  defer?(undo: () => Promise<void>): void;
  /** Who runs us. Default: the process's own user. */
  caller?: () => Caller;
}

/** What all that the provider does works with. */
export interface DockerSide extends DockerProviderOptions {
  clock: Clock;
  caller: () => Caller;
}
