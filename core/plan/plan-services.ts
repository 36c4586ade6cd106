import type { ResolvedConfig } from '../config/config.ts';
import { topologicalOrder } from '../graph.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import { isSeenReady } from '../run/is-seen-ready.ts';
import type { Instance } from '../run/runner.ts';
import { dependenciesOf, edgesOf } from '../selection.ts';
import type { ChosenRun } from './choose-runs.ts';
import { decideAction, type Situation } from './decide-action.ts';
import type { PlanState } from './plan-context.ts';
import type { PlannedService } from './plan.ts';
import type { ResolvedService } from './resolve-services.ts';

export interface Findings {
  config: ResolvedConfig;
  project: ProjectIdentity;
  state: Pick<PlanState, 'hashSpec' | 'diffSpec' | 'readyGenerations'>;
  chosen: Readonly<Record<string, ChosenRun>>;
  resolved: Readonly<Record<string, ResolvedService>>;
  instances: readonly Instance[];
  /** `--recreate`. */
  recreate?: boolean;
  /** Services that are started again; whatever else is planned only has to run. */
  restart?: readonly string[];
  /** Those of them that another task restarted meanwhile. */
  restarted?: readonly string[];
  /** Services that only have to run, whatever changed of them. */
  aside?: readonly string[];
  /** One-shots that run again though they completed. */
  again?: readonly string[];
}

/** Compares what is wanted with what is there, service by service, dependencies first. */
export function planServices(findings: Findings): Record<string, PlannedService> {
  const { services } = findings.config;
  const names = Object.keys(findings.chosen);
  const oneShots = new Set(
    Object.values(services).flatMap((service) =>
      dependenciesOf(service).flatMap(([need, { condition }]) =>
        condition === 'completed' ? need : [],
      ),
    ),
  );
  const ordered = topologicalOrder(edgesOf(services, names));
  return Object.fromEntries(
    ordered.map((name) => [name, planService(findings, name, oneShots.has(name))]),
  );
}

function planService(findings: Findings, service: string, isOneShot: boolean): PlannedService {
  const { config, project, state, instances, recreate = false, again = [] } = findings;
  const { key } = findings.chosen[service] as ChosenRun;
  const resolved = findings.resolved[service] as ResolvedService;
  const { run, ports, readiness, environment, routes } = resolved;
  const own = instances.filter((one) => one.service === service);
  const instance = own.find(({ runKey }) => runKey === key);
  const replaced = own.filter(({ runKey }) => runKey !== key);
  // When its image is fetched says nothing of the container itself.
  const { pullPolicy: _, ...lasting } = run;
  const spec = state.hashSpec(lasting, ports);
  const followers = followersOf(findings, service, run.kind);
  const changed = instance?.spec ? state.diffSpec(instance.spec, spec) : [];
  return {
    project,
    service,
    runKey: key,
    run,
    ports,
    spec,
    readiness,
    environment,
    routes,
    isOneShot,
    replaced,
    ...decideAction({
      instance,
      changed,
      isOneShot,
      recreate,
      replaced,
      again: again.includes(service),
      restart: partInRestart(findings, service),
    }),
    dependsOn: dependenciesOf(config.services[service]).map(([need, how]) => ({
      service: need,
      ...how,
    })),
    ...(followers.length > 0 ? { followers } : {}),
    ...(instance ? { instance } : {}),
    isKnownReady:
      instance !== undefined &&
      instance.health !== 'unhealthy' &&
      isSeenReady(instance, state.readyGenerations[service]),
  };
}

/** Whose restarts their own runner does not see to: they are of other kinds than what they follow. */
function followersOf({ config, resolved }: Findings, service: string, kind: string): string[] {
  return Object.entries(resolved)
    .filter(([name, { run }]) => {
      const needs = dependenciesOf(config.services[name]);
      return run.kind !== kind && needs.some(([need, how]) => need === service && how.restart);
    })
    .map(([name]) => name);
}

function partInRestart(
  { restart, restarted, aside }: Findings,
  service: string,
): Situation['restart'] {
  if (aside?.includes(service)) return 'aside';
  if (!restart) return undefined;
  if (restarted?.includes(service)) return 'done';
  return restart.includes(service) ? 'asked' : 'aside';
}
