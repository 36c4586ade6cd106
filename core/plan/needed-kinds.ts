import type { Service } from '../service/service.ts';
import { runsOf } from './choose-runs.ts';

interface NeededBy {
  pins: Readonly<Record<string, string>>;
  known: Readonly<Record<string, unknown>>;
}

/**
 * Kinds of runs whose runners have to answer for what there is: of the run that a service is pinned to,
 * else of its only one. One of several that was never chosen has nothing anywhere, and neither has a
 * service that nobody asked for by name so far (`known`: those that were ready once).
 */
export function neededKinds(
  services: Readonly<Record<string, Service>> | undefined,
  { pins, known }: NeededBy,
): Set<string> {
  const kinds = Object.entries(services ?? {}).flatMap(([name, service]) => {
    const runs = runsOf(service);
    const [only, ...others] = Object.keys(runs);
    const pin = pins[name];
    const isByName = service.autoStart === false || (service.profiles?.length ?? 0) > 0;
    if (pin === undefined && isByName && !Object.hasOwn(known, name)) return [];
    const key =
      pin !== undefined && Object.hasOwn(runs, pin) ? pin : others.length === 0 ? only : undefined;
    const kind = key === undefined ? undefined : runs[key]?.kind;
    return kind === undefined ? [] : [kind];
  });
  return new Set(kinds);
}
