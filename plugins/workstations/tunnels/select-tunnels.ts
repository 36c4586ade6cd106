import { workstationErrors } from '../errors.ts';
import type { TunnelRecord } from './tunnel-record.ts';

/**
 * The tunnels that are meant by workstations' names or tunnels' ids; without any, all. Throws
 * DS_TUNNEL_UNKNOWN.
 */
export function selectTunnels(
  names: readonly string[],
  recorded: readonly TunnelRecord[],
): readonly TunnelRecord[] {
  const isMeant = (given: string, { id, name }: TunnelRecord) => given === id || given === name;
  const unknown = names.filter((given) => !recorded.some((record) => isMeant(given, record)));
  if (unknown.length > 0) {
    const known = [...new Set(recorded.map(({ name }) => name))];
    throw workstationErrors.create('DS_TUNNEL_UNKNOWN', { names: unknown, known });
  }
  if (names.length === 0) return recorded;
  return recorded.filter((record) => names.some((given) => isMeant(given, record)));
}
