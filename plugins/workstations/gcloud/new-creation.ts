import type { Creation, WorkstationConfig, WorkstationScope } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import { gcloudErrors } from './errors.ts';
import { configPath, configPlace, describeScope, isWithin, tellingFlags } from './resource-path.ts';

/**
 * What a workstation of that name would be, made from the one configuration that fits. Throws
 * DS_WORKSTATION_CONFIG_UNKNOWN, …_CONFIG_AMBIGUOUS, DS_GCLOUD_CONFIG_MISSING.
 */
export function newCreation(
  name: string,
  scope: WorkstationScope,
  configs: readonly WorkstationConfig[],
): Creation {
  const config = chooseConfig(scope, configs);
  const { region, cluster } = config;
  return {
    name,
    scope: { project: scope.project, region, cluster, config: config.name },
    config,
    costNote: costNote(config),
  };
}

/** Throws DS_WORKSTATION_NAME_INVALID for what Google Cloud does not take. */
export function assertName(name: string): void {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  const rule =
    'Google Cloud takes 1 to 63 small letters, digits and -, a letter first and no - at the end';
  throw workstationErrors.create('DS_WORKSTATION_NAME_INVALID', { name, rule });
}

function chooseConfig(
  scope: WorkstationScope,
  configs: readonly WorkstationConfig[],
): WorkstationConfig {
  const fitting = configs.filter((config) => isWithin(scope, configPlace(config)));
  const [config] = fitting;
  if (config !== undefined && fitting.length === 1) return config;
  if (fitting.length > 1) {
    const places = fitting.map(configPlace);
    const found = places.map((place) => ({
      path: configPath({ project: scope.project, ...place }),
      flags: tellingFlags(place, places),
    }));
    throw workstationErrors.create('DS_WORKSTATION_CONFIG_AMBIGUOUS', {
      config: scope.config,
      found,
    });
  }
  const where = describeScope(scope);
  if (scope.config === undefined) {
    throw gcloudErrors.create('DS_GCLOUD_CONFIG_MISSING', { where });
  }
  const { config: _, ...around } = scope;
  const near = configs.filter((one) => isWithin(around, configPlace(one)));
  const known = [...new Set(near.map((one) => one.name))];
  throw workstationErrors.create('DS_WORKSTATION_CONFIG_UNKNOWN', {
    config: scope.config,
    where,
    known,
  });
}

/** What it costs and until when. */
export function costNote({ idleTimeoutMs, runningTimeoutMs }: WorkstationConfig): string {
  const ends = [
    ...(idleTimeoutMs ? [`after ${duration(idleTimeoutMs)} without use`] : []),
    ...(runningTimeoutMs ? [`after ${duration(runningTimeoutMs)} in any case`] : []),
  ];
  const end =
    ends.length === 0 ? 'it is never stopped by itself' : `it is stopped ${ends.join(' and ')}`;
  return `billed by Google Cloud while it runs, its disk also while it is stopped; ${end}`;
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
