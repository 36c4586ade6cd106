import { throwAll } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import type { OwnedData } from '../run/runner.ts';
import { dependenciesOf } from '../selection.ts';
import { assertKnown, takeDown } from './down.ts';
import type { Kernel } from './kernel.ts';
import { type Found, observe } from './observe.ts';
import { serviceOfStep } from './ready-step.ts';
import type { TaskOutcome } from './up.ts';

/** What a task is about to lose, named before anybody is asked. */
export interface Losses {
  services: readonly string[];
  data: readonly OwnedData[];
}

export interface RemoveOptions {
  /** Empty: all of the project. */
  services?: readonly string[];
  keepVolumes?: boolean;
  /** Tells what would be lost and does nothing. */
  dryRun?: boolean;
  /** False: nothing is touched, and DS_TASK_DECLINED is thrown. */
  confirm(losses: Losses): Promise<boolean>;
}

/**
 * `down` of these services with their data, also where only the data is left. Everything that stands
 * in the way is told before anything goes: unknown names, and data that somebody else uses
 * (DS_SERVICE_DATA_IN_USE).
 */
export async function removeServices(
  kernel: Kernel,
  task: 'rm' | 'reset',
  options: RemoveOptions,
): Promise<TaskOutcome> {
  const { services: named = [], keepVolumes = false, dryRun = false } = options;
  const runners = await kernel.runners();
  const found = await observe(kernel, runners);
  const all = (
    await Promise.all(runners.map((runner) => runner.listData(kernel.project, 'all')))
  ).flat();
  assertKnown(kernel, named, [...found.map(({ instance }) => instance), ...all]);

  const isMeant = ({ service }: { service: string }) =>
    named.length === 0 || named.includes(service);
  const going = found.filter(({ instance }) => isMeant(instance));
  const data = keepVolumes ? [] : all.filter(isMeant);
  throwAll(usedByOthers(data, going));
  const services = [...new Set(going.map(({ instance }) => instance.service))];
  warnOfDependants(kernel, found, services);

  const hasNothing = services.length === 0 && data.length === 0 && task === 'rm';
  const isAgreed = (hasNothing && !dryRun) || (await options.confirm({ services, data }));
  if (dryRun) return { services: {}, errors: [] };
  if (!isAgreed) throw taskErrors.create('DS_TASK_DECLINED', { task });
  const outcome = await takeDown(kernel, { services: named, data });
  // What was noted of it (the run that it is pinned to, steps that were done) is as long as the data.
  if (!keepVolumes) {
    const names = named.length > 0 ? named : [...services, ...listNoted(kernel)];
    kernel.state.forget(names.filter((name) => outcome.services[name]?.state !== 'failed'));
  }
  return outcome;
}

const listNoted = ({ state }: Kernel): string[] => [
  ...[state.readyGenerations, state.pins].flatMap((records) => Object.keys(records)),
  ...Object.keys(state.stepInputs).map(serviceOfStep),
];

function usedByOthers(data: readonly OwnedData[], going: readonly Found[]) {
  const ours = new Set(going.map(({ instance }) => instance.id));
  return data.flatMap(({ service, name, users = [] }) => {
    const others = users.filter(({ id }) => !ours.has(id)).map((user) => user.name);
    return others.length === 0
      ? []
      : serviceErrors.create('DS_SERVICE_DATA_IN_USE', { service, name, users: others });
  });
}

// They are left alone, and may not get on without it.
function warnOfDependants(
  { config, log }: Kernel,
  found: readonly Found[],
  going: readonly string[],
): void {
  for (const { instance } of found) {
    const { service, status } = instance;
    if (going.includes(service) || status !== 'running') continue;
    const missed = dependenciesOf(config?.services[service])
      .map(([need]) => need)
      .filter((need) => going.includes(need));
    if (missed.length > 0) log.warn(`${service} still runs, and needs ${missed.join(', ')}.`);
  }
}
