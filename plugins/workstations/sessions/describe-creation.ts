import { formatDuration } from 'devservices/machine';
import type { Creation, WorkstationScope } from '../contract.ts';

/** What is about to be made and what it costs, line by line. */
export function describeCreation({ name, scope, config, costNote }: Creation): readonly string[] {
  const { machineType, idleTimeoutMs, runningTimeoutMs, image } = config;
  const rows: readonly (readonly [what: string, value: string | undefined])[] = [
    ['project', scope.project],
    [regionWord(scope.region), scope.region],
    ['cluster', scope.cluster],
    ['config', scope.config],
    ['machine type', machineType],
    ['image', image],
    ['stops when unused for', durationText(idleTimeoutMs)],
    ['stops in any case after', durationText(runningTimeoutMs)],
    ['cost', costNote],
  ];
  const lines = rows.flatMap(([what, value]) => (value ? [`  ${what}: ${value}`] : []));
  return [`Making the workstation ${name}:`, ...lines];
}

/** `the project shop-dev (region europe-west1, config big)` */
export function describePlace({ project, ...rest }: WorkstationScope): string {
  const parts = Object.entries(rest).flatMap(([what, value]) =>
    value ? [`${what === 'region' ? regionWord(value) : what} ${value}`] : [],
  );
  return `the project ${project}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

// Containers are where their engine is, and that has an address.
const regionWord = (region: string): string => (region.includes('://') ? 'engine' : 'region');

const durationText = (ms: number | undefined): string | undefined =>
  ms === undefined || ms === 0 ? undefined : formatDuration(ms);
