import { serviceErrors } from '../errors/catalogue/service.ts';
import type { Run } from '../run/run.ts';
import type { Runner } from '../run/runner.ts';
import type { Service } from '../service/service.ts';
import { type AvailabilityContext, findAvailability } from './find-availability.ts';

export interface ChosenRun {
  key: string;
  run: Run;
  runner: Runner;
}

/** A run that was wanted more and cannot be had. */
export interface PassedOver {
  key: string;
  /** Why not. */
  reason: string;
}

export interface RunChoice extends AvailabilityContext {
  services: Readonly<Record<string, Service>>;
  selected: ReadonlySet<string>;
  /** `--run SERVICE=KEY`. */
  asked: Readonly<Record<string, string>>;
  /** What earlier tasks of this checkout took. */
  pins: Readonly<Record<string, string>>;
  runner(kind: string, service: string): Promise<Runner>;
  /** Said and remembered: a database that ran in one place never becomes an empty one in another by itself. */
  onFirstChoice(service: string, key: string, passedOver: readonly PassedOver[]): void;
}

/**
 * Takes one run of each service: the one asked for, else the pinned one, else the first that is
 * available. Throws DS_RUN_UNKNOWN and DS_RUN_UNAVAILABLE.
 */
export async function chooseRuns(choice: RunChoice): Promise<Record<string, ChosenRun>> {
  const unselected = Object.keys(choice.asked).filter(
    (name) => !Object.hasOwn(choice.services, name),
  );
  if (unselected.length > 0) {
    const known = Object.keys(choice.services);
    throw serviceErrors.create('DS_SERVICE_UNKNOWN', { names: unselected, known });
  }
  const names = Object.keys(choice.services).filter((name) => choice.selected.has(name));
  const chosen = await Promise.all(
    names.map(async (name) => [name, await chooseOne(choice, name)] as const),
  );
  return Object.fromEntries(chosen);
}

/** The runs of services that take no part, as they would be chosen: nobody asks whether they are available. */
export async function chooseNeighbours(
  choice: Pick<RunChoice, 'services' | 'asked' | 'pins' | 'runner'>,
  names: Iterable<string>,
): Promise<Record<string, ChosenRun>> {
  const chosen = [...names].map(async (name): Promise<[string, ChosenRun]> => {
    const runs = runsOf(choice.services[name]);
    const wished = [choice.asked[name], choice.pins[name], ...Object.keys(runs)];
    const key = wished.find((one) => one !== undefined && Object.hasOwn(runs, one)) ?? '';
    const run = runs[key] as Run;
    return [name, { key, run, runner: await choice.runner(run.kind, name) }];
  });
  return Object.fromEntries(await Promise.all(chosen));
}

/** The runners of what services ran by until now, where it is not what was chosen, and can be asked. */
export async function runnersBefore(
  choice: RunChoice,
  chosen: Readonly<Record<string, ChosenRun>>,
): Promise<Runner[]> {
  const switched = Object.entries(chosen).filter(([name, { key }]) => {
    const pinned = choice.pins[name] ?? key;
    return pinned !== key && Object.hasOwn(runsOf(choice.services[name]), pinned);
  });
  const names = switched.map(([name]) => name);
  const before = Object.values(await chooseNeighbours({ ...choice, asked: {} }, names));
  const runners = [...new Set(before.map(({ runner }) => runner))];
  const there = await Promise.all(runners.map((runner) => runner.available(choice.signal)));
  return runners.filter((_, index) => there[index]?.available);
}

/** A service's runs by key; validation has made every `run` such a record. */
export function runsOf(service: Service | undefined): Readonly<Record<string, Run>> {
  return (service?.run ?? {}) as Readonly<Record<string, Run>>;
}

async function chooseOne(choice: RunChoice, service: string): Promise<ChosenRun> {
  const runs = runsOf(choice.services[service]);
  const keys = Object.keys(runs);
  const runnerOf = async (key: string): Promise<ChosenRun> => {
    const run = runs[key] as Run;
    return { key, run, runner: await choice.runner(run.kind, service) };
  };

  const asked = choice.asked[service];
  if (asked !== undefined) {
    if (!Object.hasOwn(runs, asked)) {
      throw serviceErrors.create('DS_RUN_UNKNOWN', { service, run: asked, known: keys });
    }
    const chosen = await assertAvailable(choice, service, await runnerOf(asked));
    const isPinned = Object.hasOwn(runs, choice.pins[service] ?? '');
    if (keys.length > 1 && !isPinned) choice.onFirstChoice(service, asked, []);
    return chosen;
  }
  const [only] = keys;
  if (keys.length === 1 && only !== undefined)
    return assertAvailable(choice, service, await runnerOf(only));

  const pinned = choice.pins[service];
  if (pinned !== undefined && Object.hasOwn(runs, pinned)) {
    const chosen = await runnerOf(pinned);
    const availability = await findAvailability(choice, { service, chosen, awakens: true });
    if (availability.available) return chosen;
    const others = keys.filter((key) => key !== pinned);
    const facts = { service, run: pinned, reason: availability.error.message, others };
    throw serviceErrors.create('DS_RUN_UNAVAILABLE', facts, availability.error);
  }
  return firstAvailable(choice, service, await Promise.all(keys.map(runnerOf)));
}

async function firstAvailable(
  choice: RunChoice,
  service: string,
  candidates: readonly ChosenRun[],
): Promise<ChosenRun> {
  const errors: Error[] = [];
  // Only where none can be had as it is, anything is started for one.
  for (const awakens of choice.awaken ? [false, true] : [false]) {
    const away: PassedOver[] = [];
    for (const chosen of candidates) {
      const found = await findAvailability(choice, { service, chosen, awakens });
      if (found.available) {
        choice.onFirstChoice(service, chosen.key, away);
        return chosen;
      }
      away.push({ key: chosen.key, reason: found.error.message });
      if (!awakens) errors.push(found.error);
    }
  }
  const run = candidates.map(({ key }) => key).join('" or "');
  const reason = errors.map(({ message }) => message).join(' ');
  throw serviceErrors.create('DS_RUN_UNAVAILABLE', { service, run, reason, others: [] }, errors[0]);
}

async function assertAvailable(
  choice: RunChoice,
  service: string,
  chosen: ChosenRun,
): Promise<ChosenRun> {
  const found = await findAvailability(choice, { service, chosen, awakens: true });
  if (!found.available) throw found.error;
  return chosen;
}
