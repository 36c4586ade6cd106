import { throwAll } from '../errors/as-error.ts';
import type { ResolvedConfig } from '../config/config.ts';
import { topologicalOrder } from '../graph.ts';
import type { WantedPort } from '../identity/port-choice.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type {
  Instance,
  Observation,
  PortBinding,
  ResolvedRun,
  Runner,
  Spec,
} from '../run/runner.ts';
import { dependenciesOf, selectServices, type Selection } from '../selection.ts';
import { findTakenPorts, portTakenErrors, type TakenPort } from './check-ports.ts';
import { type ChosenRun, chooseRuns, type RunChoice } from './choose-runs.ts';
import { decideAction } from './decide-action.ts';
import type { Plan, PlannedService } from './plan.ts';
import type { SecretReader } from './resolve-environment.ts';
import { type ResolvedService, resolveServices, wantedPorts } from './resolve-services.ts';

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
  const { selected, left } = await selectServices(config.services, options);
  const chosen = await chooseRuns({
    ...context,
    services: config.services,
    selected,
    asked: options.runs ?? {},
    pins: state.pins,
  });
  const { instances } = await observeAll(context, chosen);
  const ours = new Set(
    instances.flatMap(({ endpoints }) => Object.values(endpoints).map(({ port }) => port)),
  );

  const draft = async (strangers: ReadonlySet<number>) => {
    const wanted = Object.keys(chosen).flatMap((name) => wantedPorts(name, config.services[name]));
    const hostPorts = await state.leasePorts(wanted, { ours, strangers });
    const resolved = await resolveServices({
      ...context,
      services: config.services,
      chosen,
      hostPorts,
    });
    return planServices(context, { chosen, resolved, instances }, options);
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
    orphans: instances.filter(({ service }) => !Object.hasOwn(config.services, service)),
  };
}

async function observeAll(
  { project, signal }: PlanContext,
  chosen: Readonly<Record<string, ChosenRun>>,
): Promise<Pick<Observation, 'instances'>> {
  const runners = new Set<Runner>(Object.values(chosen).map(({ runner }) => runner));
  const seen = await Promise.all([...runners].map((runner) => runner.observe(project, signal)));
  return { instances: seen.flatMap(({ instances }) => instances) };
}

function planServices(
  { config, project, state }: PlanContext,
  found: {
    chosen: Readonly<Record<string, ChosenRun>>;
    resolved: Readonly<Record<string, ResolvedService>>;
    instances: readonly Instance[];
  },
  options: PlanOptions,
): Record<string, PlannedService> {
  const { chosen, resolved, instances } = found;
  const edges = Object.fromEntries(
    Object.keys(chosen).map((name) => [
      name,
      dependenciesOf(config.services[name]).map(([need]) => need),
    ]),
  );
  const oneShots = new Set(
    Object.keys(chosen).flatMap((name) =>
      dependenciesOf(config.services[name]).flatMap(([need, how]) =>
        how.condition === 'completed' ? need : [],
      ),
    ),
  );
  const plan = (service: string): PlannedService => {
    const { key } = chosen[service] as ChosenRun;
    const { run, ports, readiness, environment } = resolved[service] as ResolvedService;
    const instance = instances.find((one) => one.service === service && one.runKey === key);
    const spec = state.hashSpec(run, ports);
    const decision = decideAction({
      instance,
      changed: instance?.spec ? state.diffSpec(instance.spec, spec) : [],
      isOneShot: oneShots.has(service),
      recreate: options.recreate ?? false,
    });
    return {
      project,
      service,
      runKey: key,
      run,
      ports,
      spec,
      readiness,
      environment,
      ...decision,
      dependsOn: dependenciesOf(config.services[service]).map(([need, how]) => ({
        service: need,
        ...how,
      })),
      ...(instance ? { instance } : {}),
      isKnownReady:
        instance !== undefined &&
        instance.health !== 'unhealthy' &&
        state.readyGenerations[service] === instance.generation,
    };
  };
  return Object.fromEntries(topologicalOrder(edges).map((name) => [name, plan(name)]));
}
