import type { ScopeFlags, WorkstationScope } from './contract.ts';
import { workstationErrors } from './errors.ts';
import type { WorkstationsOptions } from './options.ts';

const providers = ['docker', 'gcloud'] as const;

export type ProviderName = (typeof providers)[number];

export interface ResolvedScope {
  provider: ProviderName;
  scope: WorkstationScope;
}

export interface ScopeSources {
  flags: ScopeFlags;
  env: Readonly<Record<string, string | undefined>>;
  options: Pick<WorkstationsOptions, 'provider' | 'gcloud'>;
  /** Of the checkout. */
  project: string;
}

/**
 * Which provider, and where: flags win over variables, those over the configuration. Pure; what gcloud
 * itself is set to is never taken. An empty variable is not set.
 *
 * Throws DS_WORKSTATION_SCOPE_MISSING, DS_WORKSTATION_PROVIDER_UNKNOWN.
 */
export function resolveScope({ flags, env, options, project }: ScopeSources): ResolvedScope {
  const { gcloud } = options;
  const variable = (name: string): string | undefined =>
    env[`DEVSERVICES_WORKSTATION_${name}`]?.trim() || undefined;
  const legacy = (name: string): string | undefined =>
    env[`SENTRY_WORKSTATION_${name}`]?.trim() || undefined;
  const cloudProject =
    (flags.cloudProject || undefined) ?? variable('PROJECT') ?? legacy('PROJECT') ?? gcloud.project;
  const named = flags.provider ?? namedBy(variable('PROVIDER')) ?? options.provider;
  const provider = named ?? (cloudProject === undefined ? 'docker' : 'gcloud');
  // There is but one place: the engine that is used anyway.
  if (provider === 'docker') {
    return {
      provider,
      scope: withoutAbsent({ project, config: flags.workstationConfig || undefined }),
    };
  }
  if (cloudProject === undefined) throw projectMissing();
  return {
    provider,
    scope: withoutAbsent({
      project: cloudProject,
      region: (flags.region || undefined) ?? variable('REGION') ?? gcloud.region,
      cluster: (flags.cluster || undefined) ?? variable('CLUSTER') ?? gcloud.cluster,
      config:
        (flags.workstationConfig || undefined) ??
        variable('CONFIG') ??
        legacy('CONFIG') ??
        gcloud.config,
    }),
  };
}

function namedBy(given: string | undefined): ProviderName | undefined {
  const found = providers.find((name) => name === given);
  if (given === undefined || found) return found;
  const origin = '$DEVSERVICES_WORKSTATION_PROVIDER';
  const facts = { given, origin, known: providers };
  throw workstationErrors.create('DS_WORKSTATION_PROVIDER_UNKNOWN', facts);
}

const projectMissing = () =>
  workstationErrors.create('DS_WORKSTATION_SCOPE_MISSING', {
    provider: 'gcloud',
    what: 'a cloud project',
    flag: '--cloud-project',
    variable: 'DEVSERVICES_WORKSTATION_PROJECT',
    field: 'gcloud.project',
  });

type Parts = Partial<Record<'region' | 'cluster' | 'config', string | undefined>>;

function withoutAbsent({ project, ...parts }: { project: string } & Parts): WorkstationScope {
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { project, ...(Object.fromEntries(present) as Partial<WorkstationScope>) };
}
