import type { WorkstationConfig, WorkstationScope } from '../contract.ts';

/** Where a configuration or a workstation is, as its path says. */
export interface ResourcePath {
  project: string;
  region: string;
  cluster: string;
  config: string;
}

export type PlaceInProject = Omit<ResourcePath, 'project'>;

const shape =
  /^projects\/([^/]+)\/locations\/([^/]+)\/workstationClusters\/([^/]+)\/workstationConfigs\/([^/]+)(?:\/workstations\/([^/]+))?$/;

/** `projects/P/locations/R/workstationClusters/C/workstationConfigs/G[/workstations/N]`; else undefined. */
export function parsePath(path: string): (ResourcePath & { workstation?: string }) | undefined {
  const [, project, region, cluster, config, workstation] = shape.exec(path) ?? [];
  if (!project || !region || !cluster || !config) return undefined;
  return { project, region, cluster, config, ...(workstation && { workstation }) };
}

/** Of a workstation. */
export function pathOf({ project, region, cluster, config }: ResourcePath, name: string): string {
  return `${configPath({ project, region, cluster, config })}/workstations/${name}`;
}

export function configPath({ project, region, cluster, config }: ResourcePath): string {
  return `projects/${project}/locations/${region}/workstationClusters/${cluster}/workstationConfigs/${config}`;
}

/** Where a configuration is, in its project. */
export const configPlace = ({ name, region, cluster }: WorkstationConfig): PlaceInProject => ({
  region,
  cluster,
  config: name,
});

/** What names one place to gcloud. */
export function placeFlags({ project, region, cluster, config }: ResourcePath): string[] {
  return [
    `--project=${project}`,
    `--region=${region}`,
    `--cluster=${cluster}`,
    `--config=${config}`,
  ];
}

/**
 * What lists all that may be in a scope. A part is named where all above it are; `-` is all of them, where
 * gcloud would else take what it was configured with.
 */
export function wideFlags(
  scope: WorkstationScope,
  parts: readonly (keyof PlaceInProject)[],
): string[] {
  let isNarrow = true;
  const flags = parts.map((part) => {
    isNarrow &&= scope[part] !== undefined;
    return `--${part}=${isNarrow ? scope[part] : '-'}`;
  });
  return [`--project=${scope.project}`, ...flags];
}

/** Exactly there, as far as the scope says. */
export function isWithin(scope: WorkstationScope, place: PlaceInProject): boolean {
  return inOrder.every((part) => scope[part] === undefined || scope[part] === place[part]);
}

const inOrder = ['region', 'cluster', 'config'] as const;

const ourFlags = {
  region: '--region',
  cluster: '--cluster',
  config: '--workstation-config',
} as const;

/** Our own flags, for those parts in which several places differ: `--region R --cluster C`. */
export function tellingFlags(place: PlaceInProject, others: readonly PlaceInProject[]): string {
  return inOrder
    .filter((part) => others.some((other) => other[part] !== place[part]))
    .map((part) => `${ourFlags[part]} ${place[part]}`)
    .join(' ');
}

/** `the project shop-dev, region europe-west1`, for messages. */
export function describeScope({ project, region, cluster }: WorkstationScope): string {
  const parts = [`the project ${project}`];
  if (region !== undefined) parts.push(`region ${region}`);
  if (cluster !== undefined) parts.push(`cluster ${cluster}`);
  return parts.join(', ');
}
