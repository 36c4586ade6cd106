import type { ResolvedConfig } from '../config/config.ts';
import { throwAll } from '../errors/as-error.ts';
import type { WantedPort } from '../identity/port-choice.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Instance, PortBinding, ResolvedRun, Runner, Spec } from '../run/runner.ts';
import { dependenciesOf, type Selected, selectServices, type Selection } from '../selection.ts';
import { findTakenPorts, portTakenErrors, type TakenPort } from './check-ports.ts';
import { type ChosenRun, chooseNeighbours, chooseRuns, type RunChoice } from './choose-runs.ts';
import type { Plan } from './plan.ts';
import { planServices } from './plan-services.ts';
import type { SecretReader } from './resolve-environment.ts';
import { resolveServices, wantedPorts } from './resolve-services.ts';

export interface PlanOptions extends Selection {
  recreate?: boolean;
  /** `--run SERVICE=KEY`. */
  runs?: Readonly<Record<string, string>>;
  /** What to do about a port that a stranger holds. Default `fail`. */
  ports?: 'fail' | 'reassign' | ((taken: readonly TakenPort[]) => Promise<'fail' | 'reassign'>);
}

/** What is remembered of earlier tasks, and what planning adds to it. */
export interface PlanState {
  pins: Readonly<Record<string, string>>;
  /** Generation of each service that was last seen ready. */
  readyGenerations: Readonly<Record<string, string>>;
  hashSpec(run: ResolvedRun, ports: readonly PortBinding[]): Spec;
  diffSpec(before: Spec | undefined, after: Spec): string[];
  /** Ports of this machine by `leaseKey`, kept for the next time. */
  leasePorts(
    wanted: readonly WantedPort[],
    holders: { ours: ReadonlySet<number>; strangers: ReadonlySet<number> },
  ): Promise<ReadonlyMap<string, number>>;
  isPortFree(port: number): Promise<boolean>;
  holderOf(port: number): Promise<string>;
}

export interface PlanContext {
  config: ResolvedConfig;
  project: ProjectIdentity;
  state: PlanState;
  reader: SecretReader;
  signal: AbortSignal;
  runner: RunChoice['runner'];
  onFirstChoice: RunChoice['onFirstChoice'];
}

/** Looks once at what there is and decides what to do. Starts, stops and changes nothing. */
export async function makePlan(context: PlanContext, options: PlanOptions): Promise<Plan> {
  const { config, state, signal } = context;
  const { services: all } = config;
  const { selected, left } = await selectServices(all, options);
  const choice = { ...context, services: all, selected, asked: options.runs ?? {} };
  const chosen = await chooseRuns({ ...choice, pins: state.pins });
  const beside = neighboursOf(all, { selected, left });
  const neighbours = await chooseNeighbours({ ...choice, pins: state.pins }, beside);
  const instances = await observeAll(context, chosen);
  const ours = new Set(
    instances.flatMap(({ endpoints }) => Object.values(endpoints).map(({ port }) => port)),
  );

  const draft = async (strangers: ReadonlySet<number>) => {
    const names = Object.keys({ ...neighbours, ...chosen });
    const wanted = names.flatMap((name) => wantedPorts(name, all[name]));
    const hostPorts = await state.leasePorts(wanted, { ours, strangers });
    const given = { ...context, services: all, chosen, neighbours, hostPorts };
    const resolved = await resolveServices(given);
    return planServices({ ...context, chosen, resolved, instances, ...options });
  };
  let services = await draft(new Set());
  signal.throwIfAborted();
  const taken = await findTakenPorts({
    services: Object.values(services),
    isFree: state.isPortFree,
    holderOf: state.holderOf,
  });
  if (taken.length > 0) {
    const { ports: mode = 'fail' } = options;
    if ((typeof mode === 'function' ? await mode(taken) : mode) === 'fail')
      throwAll(portTakenErrors(taken));
    services = await draft(new Set(taken.map(({ number }) => number)));
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
  chosen: Readonly<Record<string, ChosenRun>>,
): Promise<Instance[]> {
  const runners = new Set<Runner>(Object.values(chosen).map(({ runner }) => runner));
  const seen = await Promise.all([...runners].map((runner) => runner.observe(project, signal)));
  return seen.flatMap(({ instances }) => instances);
}
