import { reasonOf } from './errors/as-error.ts';
import { serviceErrors } from './errors/catalogue/service.ts';
import { isDevServicesError } from './errors/error.ts';
import type { Reason } from './events.ts';
import { joinsOf } from './run/joins.ts';
import type { Dependency, Service } from './service/service.ts';

/** Which services one task is about. */
export interface Selection {
  /** Empty: all that their `onlyIf`, `profiles` and `autoStart` let in. */
  services?: readonly string[];
  exclude?: readonly string[];
  profiles?: readonly string[];
  /** Lets services in whatever their `onlyIf` says. */
  skipOnlyIf?: boolean;
  /** Leaves out dependencies that were not named. */
  noDeps?: boolean;
}

export interface Selected {
  selected: ReadonlySet<string>;
  /** What was left out, and why. */
  left: Readonly<Record<string, Reason>>;
}

type Services = Readonly<Record<string, Service>>;

/** Decides which services take part. Throws DS_SERVICE_UNKNOWN for all unknown names at once. */
export async function selectServices(services: Services, selection: Selection): Promise<Selected> {
  const { services: named = [], exclude = [], noDeps = false } = selection;
  const known = Object.keys(services);
  const unknown = [...new Set([...named, ...exclude])].filter(
    (name) => !Object.hasOwn(services, name),
  );
  if (unknown.length > 0)
    throw serviceErrors.create('DS_SERVICE_UNKNOWN', { names: unknown, known });

  const excluded = new Set(exclude);
  const left: Record<string, Reason> = {};
  const reasons = known.map(async (name): Promise<[string, Reason | undefined]> => {
    if (excluded.has(name)) return [name, { code: 'excluded', text: 'excluded' }];
    if (named.includes(name)) return [name, undefined];
    const why = whyOff(services[name], selection);
    if (named.length > 0) return [name, why ?? { code: 'not-named', text: 'not named' }];
    return [name, why ?? (await whyNotLetIn(name, services, selection))];
  });
  const wanted: string[] = [];
  for (const [name, why] of await Promise.all(reasons)) {
    if (why) left[name] = why;
    else wanted.push(name);
  }
  const selected = new Set<string>();
  const take = async (name: string): Promise<void> => {
    if (selected.has(name) || excluded.has(name) || !Object.hasOwn(services, name)) return;
    selected.add(name);
    if (noDeps) return;
    for (const [need, { required }] of dependenciesOf(services[name])) {
      if (required || (await comesAlong(need))) await take(need);
    }
  };
  // An optional dependency comes along only where nothing else leaves it out.
  const comesAlong = async (need: string): Promise<boolean> => {
    if (left[need]?.code !== 'not-named') return left[need] === undefined;
    const why = await whyNotLetIn(need, services, selection);
    if (why) left[need] = why;
    return why === undefined;
  };
  for (const name of wanted) await take(name);
  for (const name of selected) delete left[name];
  return { selected, left };
}

type LongDependency = Required<Dependency>;

/**
 * The dependencies of a service in their long form. Who shares another's network, processes or memory
 * depends on it, and is made anew with it: what it shares goes with that container.
 */
export function dependenciesOf(service: Service | undefined): [name: string, LongDependency][] {
  const named = namedDependencies(service);
  const all = new Map(named);
  for (const { service: name } of joinsOf(service?.run)) {
    const condition = all.get(name)?.condition ?? 'started';
    all.set(name, { condition, restart: true, required: true });
  }
  return [...all];
}

function namedDependencies(service: Service | undefined): [name: string, LongDependency][] {
  const given = service?.dependsOn ?? {};
  const entries = Array.isArray(given)
    ? given.map((name: string) => [name, 'ready'] as const)
    : Object.entries(given as Exclude<Service['dependsOn'], readonly string[] | undefined>);
  return entries.map(([name, value]) => {
    const long = typeof value === 'string' ? { condition: value } : value;
    return [
      name,
      {
        condition: long.condition,
        restart: long.restart ?? false,
        required: long.required ?? true,
      },
    ];
  });
}

function whyOff(
  { autoStart, profiles: own = [] }: Partial<Service> = {},
  { profiles = [] }: Selection,
): Reason | undefined {
  if (autoStart === false) {
    return { code: 'auto-start-off', text: 'not started unless named or needed' };
  }
  if (own.length > 0 && !own.some((profile) => profiles.includes(profile))) {
    return { code: 'profile-off', text: `only with profile ${own.join(' or ')}` };
  }
  return undefined;
}

async function whyNotLetIn(
  service: string,
  services: Services,
  { skipOnlyIf = false }: Selection,
): Promise<Reason | undefined> {
  const onlyIf = services[service]?.onlyIf ?? true;
  if (skipOnlyIf) return undefined;
  try {
    const isLetIn = typeof onlyIf === 'function' ? await onlyIf() : onlyIf;
    return isLetIn ? undefined : { code: 'only-if', text: 'its onlyIf says no' };
  } catch (thrown) {
    if (isDevServicesError(thrown)) throw thrown;
    const facts = { service, field: 'onlyIf', reason: reasonOf(thrown) };
    throw serviceErrors.create('DS_SERVICE_FUNCTION', facts, thrown);
  }
}

/** What each of some services needs, as the edges of a graph. */
export function edgesOf(
  services: Services | undefined,
  names: Iterable<string>,
): Record<string, string[]> {
  return Object.fromEntries(
    [...names].map((name) => [name, dependenciesOf(services?.[name]).map(([need]) => need)]),
  );
}
