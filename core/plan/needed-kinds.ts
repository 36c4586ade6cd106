import type { Service } from '../service/service.ts';
import { runsOf } from './choose-runs.ts';

/**
 * Kinds of runs whose runners have to answer for what there is: of the run that a service is pinned to,
 * else of its only one. One of several that was never chosen has nothing anywhere.
 */
export function neededKinds(
  services: Readonly<Record<string, Service>> | undefined,
  pins: Readonly<Record<string, string>>,
): Set<string> {
  const kinds = Object.entries(services ?? {}).flatMap(([name, service]) => {
    const runs = runsOf(service);
    const [only, ...others] = Object.keys(runs);
    const pin = pins[name];
    const key =
      pin !== undefined && Object.hasOwn(runs, pin) ? pin : others.length === 0 ? only : undefined;
    const kind = key === undefined ? undefined : runs[key]?.kind;
    return kind === undefined ? [] : [kind];
  });
  return new Set(kinds);
}
