import type { ResolvedConfig, Service } from 'devservices';

type Services = ResolvedConfig['services'];
type DependsOn = Service['dependsOn'];

/**
 * What a service depends on, with those besides that it is to know the addresses of: they are started before it,
 * and one that is missing or fails does not stop it. Pure.
 */
export function addNeeds(dependsOn: DependsOn, needs: readonly string[]): DependsOn {
  const own = new Set(namedIn(dependsOn));
  const missing = needs.filter((need) => !own.has(need));
  if (missing.length === 0) return dependsOn;
  const before = isList(dependsOn)
    ? Object.fromEntries(dependsOn.map((need) => [need, 'ready' as const]))
    : dependsOn;
  const added = missing.map((need) => [need, { condition: 'started', required: false }] as const);
  return { ...before, ...Object.fromEntries(added) };
}

/** Whether a service needs another one, by whatever way. */
export function isNeededBy(services: Services, need: string, service: string): boolean {
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    if (name === need) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return needsOf(services[name]).some(visit);
  };
  return visit(service);
}

function needsOf(service: Service | undefined): string[] {
  const runs = Object.values(service?.run ?? {}).flatMap((run: unknown) =>
    typeof run === 'object' && run !== null ? Object.values(run) : [],
  );
  const joined = runs.flatMap((value: unknown) =>
    typeof value === 'string' && value.startsWith('service:')
      ? [value.slice('service:'.length)]
      : [],
  );
  return [...namedIn(service?.dependsOn), ...joined];
}

const namedIn = (dependsOn: DependsOn): readonly string[] =>
  isList(dependsOn) ? dependsOn : Object.keys(dependsOn ?? {});

const isList = (value: DependsOn): value is readonly string[] => Array.isArray(value);
