import type { PlannedAction, Reason } from '../events.ts';
import type { Plan, PlannedService } from '../plan/plan.ts';
import type { Json } from '../run/run.ts';
import type { ResolvedRun } from '../run/runner.ts';
import { didYouMean } from '../suggestion.ts';

/** What `beforeUp` may change of a plan. */
export interface Amendments {
  skip(service: string, why: string): void;
  recreate(service: string, why: string): void;
  pass(service: string, environment: Readonly<Record<string, string>>): void;
  /** The plan as amended so far. */
  plan(): Plan;
}

export function amendPlan(plan: Plan): Amendments {
  const services: Record<string, PlannedService> = { ...plan.services };
  const left: Record<string, Reason> = { ...plan.left };
  const find = (service: string): PlannedService | undefined => {
    const planned = services[service];
    if (planned || Object.hasOwn(left, service)) return planned;
    // A plain error: whoever made the tap is blamed for it, by name.
    const known = [...Object.keys(services), ...Object.keys(left)];
    throw new Error(`There is no service "${service}".${didYouMean(service, known)}`);
  };
  return {
    skip(service, why) {
      if (!find(service)) return;
      left[service] = { code: 'plugin', text: why };
      delete services[service];
    },
    recreate(service, why) {
      const planned = find(service);
      if (planned?.instance)
        services[service] = amended(planned, 'recreate', { code: 'plugin', text: why });
    },
    pass(service, environment) {
      const planned = find(service);
      if (planned) services[service] = { ...planned, run: withVariables(planned.run, environment) };
    },
    plan: () => ({ ...plan, services: withRestarts(services), left }),
  };
}

// `dependsOn: { db: { restart: true } }`: who leans on what is made anew is made anew as well.
function withRestarts(
  services: Readonly<Record<string, PlannedService>>,
): Record<string, PlannedService> {
  const result: Record<string, PlannedService> = {};
  for (const [name, planned] of Object.entries(services)) {
    const cause = planned.dependsOn.find(
      ({ service, restart }) => restart && (result[service]?.action ?? 'unchanged') !== 'unchanged',
    );
    result[name] =
      cause && planned.action === 'unchanged'
        ? amended(planned, 'recreate', {
            code: 'dependency-restarted',
            text: `${cause.service} is started anew`,
          })
        : planned;
  }
  return result;
}

// What is looked at to see a change, `spec`, was made before, and knows nothing of these.
function withVariables(run: ResolvedRun, passed: Readonly<Record<string, string>>): ResolvedRun {
  const { environment = {} } = run;
  return isRecord(environment) ? { ...run, environment: { ...passed, ...environment } } : run;
}

function isRecord(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function amended(planned: PlannedService, action: PlannedAction, reason: Reason): PlannedService {
  return { ...planned, action, reason, isKnownReady: false };
}
