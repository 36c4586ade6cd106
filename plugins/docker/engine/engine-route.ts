import { remoteHostOf } from './engine-address.ts';
import type { EngineAddress } from './engine-address.ts';
import { machineArguments } from './ssh/ssh-command.ts';

/** The way to the engine, for those who need more of its machine than its API. */
export interface EngineRoute {
  /** As people read it. */
  url: string;
  /** Whether its published ports are on this machine's loopback address. */
  isLocal: boolean;
  /**
   * Of the `ssh` that leads to its machine, host last: `['-l', 'me', …, 'build']`. Absent where none does.
   */
  sshArguments?: readonly string[];
}

/** The way to an engine that was found. */
export function describeRoute(
  address: EngineAddress,
  { isAttended }: { isAttended: boolean },
): EngineRoute {
  return {
    url: address.url,
    isLocal: remoteHostOf(address) === undefined,
    ...(address.kind === 'ssh' ? { sshArguments: machineArguments(address, { isAttended }) } : {}),
  };
}
