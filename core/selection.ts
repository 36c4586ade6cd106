import { asError } from './errors/as-error.ts';
import { serviceErrors } from './errors/catalogue/service.ts';
import type { Reason } from './events.ts';
import type { Service } from './service/service.ts';

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

  const left: Record<string, Reason> = {};
  const wanted: string[] = [];
  for (const [name, why] of await leaveOutReasons(services, selection)) {
    if (named.length > 0 ? named.includes(name) : why === undefined) wanted.push(name);
    else left[name] = why ?? { code: 'not-named', text: 'not named' };
  }
  const excluded = new Set(exclude);
  const selected = new Set<string>();
  const take = (name: string): void => {
    if (selected.has(name) || excluded.has(name)) return;
    selected.add(name);
    if (noDeps) return;
    for (const [need, { required }] of dependenciesOf(services[name])) {
      // An optional dependency comes along only where nothing else leaves it out.
      const why = left[need];
      if (required || why === undefined || why.code === 'not-named') take(need);
    }
  };
  for (const name of wanted) take(name);
  for (const name of excluded) left[name] = { code: 'excluded', text: 'excluded' };
  for (const name of selected) delete left[name];
  return { selected, left };
}

/** The dependencies of a service in their long form. */
export function dependenciesOf(
  service: Service | undefined,
): [
  name: string,
  { condition: 'started' | 'ready' | 'completed'; restart: boolean; required: boolean },
][] {
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

async function leaveOutReasons(
  services: Services,
  { profiles = [], skipOnlyIf = false }: Selection,
): Promise<[string, Reason | undefined][]> {
  return Promise.all(
    Object.entries(services).map(async ([name, service]): Promise<[string, Reason | undefined]> => {
      if (service.autoStart === false) {
        return [name, { code: 'auto-start-off', text: 'not started unless named or needed' }];
      }
      const own = service.profiles ?? [];
      if (own.length > 0 && !own.some((profile) => profiles.includes(profile))) {
        return [name, { code: 'profile-off', text: `only with profile ${own.join(' or ')}` }];
      }
      if (!skipOnlyIf && !(await isLetIn(service))) {
        return [name, { code: 'only-if', text: 'its onlyIf says no' }];
      }
      return [name, undefined];
    }),
  );
}

async function isLetIn({ onlyIf = true }: Service): Promise<boolean> {
  try {
    return typeof onlyIf === 'function' ? await onlyIf() : onlyIf;
  } catch (error) {
    throw asError(error);
  }
}
