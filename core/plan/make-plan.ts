import type { ResolvedConfig } from '../config/config.ts';
import { throwAll } from '../errors/as-error.ts';
import type { Observation, Runner } from '../run/runner.ts';
import { dependenciesOf, type Selected, selectServices } from '../selection.ts';
import { findMissingImages } from './check-images.ts';
import { wantedPorts } from './bind-ports.ts';
import { findTakenPorts, portTakenErrors } from './check-ports.ts';
import { chooseNeighbours, chooseRuns, runnersBefore } from './choose-runs.ts';
import type { Plan } from './plan.ts';
import type { PlanContext, PlanOptions } from './plan-context.ts';
import { planServices } from './plan-services.ts';
import { assertRefreshable, refreshImages } from './refresh-images.ts';
import { resolveServices } from './resolve-services.ts';

/**
 * Looks once at what there is and decides what to do. Starts, stops and changes nothing, but for the
 * images where they are asked to be made anew: then it looks again.
 */
export async function makePlan(context: PlanContext, options: PlanOptions): Promise<Plan> {
  const { config, state, signal } = context;
  const { services: all } = config;
  assertRefreshable(options);
  const { selected, left } = await selectServices(all, options);
  const choice = {
    ...context,
    root: context.reader.root,
    services: all,
    selected,
    asked: options.runs ?? {},
    pins: { ...state.pins },
  };
  const chosen = await chooseRuns(choice);
  const neighbours = await chooseNeighbours(choice, [
    ...neighboursOf(all, { selected, left }),
    ...(options.neighbours ?? []).filter((name) => !selected.has(name)),
  ]);
  const runners = [
    ...Object.values(chosen).map(({ runner }) => runner),
    ...(await runnersBefore(choice, chosen)),
  ];
  let { instances, kept } = await observeAll(context, runners);
  const ours = new Set([
    ...instances.flatMap(({ endpoints }) => Object.values(endpoints).map(({ port }) => port)),
    ...kept.map(({ port }) => port),
  ]);

  const draft = async (strangers: ReadonlySet<number>) => {
    const names = Object.keys({ ...neighbours, ...chosen });
    const wanted = names.flatMap((name) =>
      wantedPorts(name, all[name], { ...neighbours, ...chosen }[name]?.run),
    );
    const hostPorts = await state.leasePorts(wanted, { ours, strangers });
    const given = { ...context, services: all, chosen, neighbours, hostPorts };
    return resolveServices(given);
  };
  let resolved = await draft(new Set());
  const decide = () => planServices({ ...context, chosen, resolved, instances, ...options });
  let services = decide();
  signal.throwIfAborted();
  const taken = await findTakenPorts({
    services: Object.values(services),
    kept,
    isFree: state.isPortFree,
    holderOf: state.holderOf,
  });
  if (taken.length > 0) {
    const { ports: mode = 'fail' } = options;
    if ((typeof mode === 'function' ? await mode(taken) : mode) === 'fail')
      throwAll(portTakenErrors(taken));
    resolved = await draft(new Set(taken.map(({ number }) => number)));
    services = decide();
  }
  if (await refreshImages(context, { services, chosen, options })) {
    ({ instances, kept } = await observeAll(context, runners));
    services = decide();
  }
  if (options.pull === 'never' || options.offline) {
    const missing = await findMissingImages({ ...options, services, chosen, signal });
    if (missing) throw missing;
  }
  return {
    project: context.project,
    services,
    left,
    orphans: instances.filter(({ service }) => !Object.hasOwn(all, service)),
  };
}

// Left out by this one command, they are as much there as before: their dependants stay as they are.
function neighboursOf(services: ResolvedConfig['services'], { selected, left }: Selected) {
  const needs = [...selected].flatMap((name) => dependenciesOf(services[name]));
  const isAside = (name: string) =>
    !selected.has(name) && ['excluded', 'not-named'].includes(left[name]?.code ?? '');
  return new Set(needs.map(([need]) => need).filter(isAside));
}

async function observeAll(
  { project, signal }: PlanContext,
  runners: readonly Runner[],
): Promise<Required<Pick<Observation, 'instances' | 'kept'>>> {
  const seen = await Promise.all(
    [...new Set(runners)].map((runner) => runner.observe(project, signal)),
  );
  return {
    instances: seen.flatMap(({ instances }) => instances),
    kept: seen.flatMap(({ kept = [] }) => kept),
  };
}
