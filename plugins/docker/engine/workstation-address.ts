import { dockerErrors } from '../errors.ts';
import type { SshAddress } from './engine-address.ts';

/** How one gets to a workstation, which another plugin knows. */
export type ReachWorkstation = (
  name: string,
  signal: AbortSignal,
) => Promise<{ host: string; configFile: string }>;

/** The name in `workstation://NAME`; undefined for any other address, a malformed name included. */
export function workstationNamed(address: string): string | undefined {
  return /^workstation:\/\/([a-z0-9][a-z0-9_-]{0,62})\/?$/.exec(address)?.[1];
}

/** The engine of a workstation, by ssh. Throws what `reach` does: it starts no machine. */
export async function resolveWorkstation(
  name: string,
  { reach, signal }: { reach: ReachWorkstation; signal: AbortSignal },
): Promise<SshAddress> {
  const { host, configFile } = await reach(name, signal);
  return { kind: 'ssh', host, configFile, url: `workstation://${name}` };
}

/** What to throw for a workstation that is a container itself. */
export function createNoEngine(name: string): Error {
  return dockerErrors.create('DS_DOCKER_WORKSTATION_CONTAINED', { name });
}
