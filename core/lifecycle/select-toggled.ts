import { reasonOf } from '../errors/as-error.ts';
import type { PlanOptions } from '../plan/plan-context.ts';
import { runsOf } from '../plan/choose-runs.ts';
import type { Instance } from '../run/runner.ts';
import { dependenciesOf, selectServices } from '../selection.ts';
import type { Service } from '../service/service.ts';
import type { Kernel } from './kernel.ts';

/** What is there of a project, as far as it can be seen. */
export interface Standing {
  /** Runs by which the service runs now. */
  keys: readonly string[];
  running: ReadonlySet<string>;
  /** Also what ended, or was only made. */
  there: ReadonlySet<string>;
}

/** Looks once, and says what could not be looked at: it is left alone. */
export async function whatStands(kernel: Kernel, service: string): Promise<Standing> {
  const { config, project, signal, log } = kernel;
  const all = Object.entries(config?.services ?? {});
  const kinds = new Map(
    all.flatMap(([name, one]) => Object.values(runsOf(one)).map(({ kind }) => [kind, name])),
  );
  const own = Object.entries(runsOf(config?.services[service]));
  const looks = [...kinds].map(async ([kind, name]): Promise<readonly Instance[]> => {
    const runner = await kernel.runner(kind, name);
    const found = await runner.available(signal);
    if (found.available) return (await runner.observe(project, signal)).instances;
    const keys = own.flatMap(([key, run]) => (run.kind === kind ? [key] : []));
    if (keys.includes(kernel.state.pins[service] ?? '')) {
      const reason = reasonOf(found.error);
      log.warn(`What runs of ${service} by "${keys.join('", "')}" is left as it is: ${reason}`);
    }
    return [];
  });
  const instances = (await Promise.all(looks)).flat();
  const running = instances.filter(({ status }) => status !== 'exited' && status !== 'created');
  const namesOf = (some: readonly Instance[]) => new Set(some.map((one) => one.service));
  return {
    keys: running.flatMap((one) => (one.service === service ? [one.runKey] : [])),
    running: namesOf(running),
    there: namesOf(instances),
  };
}

/**
 * What an `up` is to be about when a service moves to another of its runs: the service with what it
 * needs, its one-shots, which fill what may be an empty database, and its running dependants. Nothing
 * else is touched; of these, only what the move changes.
 */
export async function selectToggled(
  services: Readonly<Record<string, Service>>,
  service: string,
  { running, there }: Standing,
): Promise<PlanOptions> {
  const names = Object.keys(services);
  const needsOf = (name: string) => dependenciesOf(services[name]);
  const needs = [...(await selectServices(services, { services: [service] })).selected];
  const isAwaited = (name: string) =>
    names.some(
      (by) =>
        (running.has(by) || there.has(name)) &&
        needsOf(by).some(([need, { condition }]) => need === name && condition === 'completed'),
    );
  const again = following(
    service,
    names,
    (name, cause) => isAwaited(name) && needsOf(name).some(([need]) => need === cause),
  );
  const dependants = names.filter(
    (name) => running.has(name) && needsOf(name).some(([need]) => need === service),
  );
  const followers = [service, ...again, ...dependants].flatMap((first) =>
    following(
      first,
      names,
      (name, cause) =>
        running.has(name) && needsOf(name).some(([need, { restart }]) => need === cause && restart),
    ),
  );
  const changing = new Set([service, ...again, ...dependants]);
  const named = [...new Set([...needs, ...changing, ...followers])];
  const { selected } = await selectServices(services, { services: named });
  const beside = named.flatMap((name) => needsOf(name).map(([need]) => need));
  return {
    services: named,
    noDeps: true,
    again,
    aside: named.filter((name) => !changing.has(name)),
    neighbours: [...new Set(beside)].filter(
      (name) => !named.includes(name) && (selected.has(name) || running.has(name)),
    ),
  };
}

/** Whoever follows, and who follows those; without the first. */
function following(
  first: string,
  names: readonly string[],
  follows: (name: string, cause: string) => boolean,
): string[] {
  const found = new Set([first]);
  // A set goes on to those that are added while it is gone through.
  for (const cause of found) {
    for (const name of names) if (follows(name, cause)) found.add(name);
  }
  return [...found].filter((name) => name !== first);
}
