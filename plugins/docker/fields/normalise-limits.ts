import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ContainerRun, DeviceMapping, GpuRequest } from 'devservices/runner';
import type { Refuse } from './field-error.ts';
import { bytesOf, microsOf, present, recordOf } from './field-values.ts';
import type { ResolvedBlkio, ResolvedGpu, ResolvedLimits } from './resolved-limits.ts';

/** What a container may use, do and share. Throws DS_DOCKER_FIELD_INVALID. */
export function normaliseLimits(
  run: ContainerRun,
  { root, refuse }: { root: string; refuse: Refuse },
): ResolvedLimits {
  const bytes = (field: string, value: string | number | undefined) =>
    value === -1 || value === '-1' ? -1 : bytesOf(field, value, refuse);
  return {
    privileged: run.privileged ?? false,
    capAdd: run.capAdd ?? [],
    capDrop: run.capDrop ?? [],
    ulimits: resolveUlimits(run.ulimits ?? {}),
    sysctls: recordOf('sysctls', run.sysctls, refuse),
    ...present({
      securityOpt: run.securityOpt?.map((line) => resolveSecurityOpt(line, { root, refuse })),
      groupAdd: run.groupAdd?.map(String),
      readOnly: run.readOnly || undefined,
      pid: run.pid,
      ipc: run.ipc,
      uts: run.uts,
      usernsMode: run.usernsMode,
      cgroup: run.cgroup,
      cgroupParent: run.cgroupParent,
      runtime: run.runtime,
      shmSize: bytesOf('shmSize', run.shmSize, refuse),
      storageOpt: run.storageOpt && recordOf('storageOpt', run.storageOpt, refuse),
      memory: bytes('memory', run.memory ?? run.memLimit),
      memoryReservation: bytes('memoryReservation', run.memoryReservation ?? run.memReservation),
      memorySwap: bytes('memorySwap', run.memorySwap ?? run.memswapLimit),
      memSwappiness: run.memSwappiness,
      cpus: run.cpus === undefined ? undefined : Number(run.cpus),
      cpuShares: run.cpuShares,
      cpuset: run.cpuset,
      cpuPeriod: microsOf('cpuPeriod', run.cpuPeriod, refuse),
      cpuQuota: microsOf('cpuQuota', run.cpuQuota, refuse),
      pidsLimit: run.pidsLimit,
      oomKillDisable: run.oomKillDisable || undefined,
      oomScoreAdj: run.oomScoreAdj,
      blkioConfig: run.blkioConfig && resolveBlkio(run.blkioConfig, refuse),
      gpus: run.gpus && resolveGpus(run.gpus),
      devices: run.devices?.map(resolveDevice),
      deviceCgroupRules: run.deviceCgroupRules,
    }),
  };
}

function resolveUlimits(ulimits: NonNullable<ContainerRun['ulimits']>): ResolvedLimits['ulimits'] {
  return Object.fromEntries(
    Object.entries(ulimits).map(([name, limit]) => [
      name,
      typeof limit === 'number' ? { soft: limit, hard: limit } : limit,
    ]),
  );
}

// As the docker CLI does: the engine is given the profile itself, not where it is.
function resolveSecurityOpt(
  line: string,
  { root, refuse }: { root: string; refuse: Refuse },
): string {
  const [, path] = /^seccomp[=:](?!unconfined$|builtin$)([^]+)$/.exec(line) ?? [];
  if (path === undefined) return line;
  try {
    return `seccomp=${JSON.stringify(JSON.parse(readFileSync(resolve(root, path), 'utf8')))}`;
  } catch {
    throw refuse('securityOpt', `names ${path}, which can not be read as a seccomp profile`);
  }
}

function resolveBlkio(
  { weight, weightDevice, ...limits }: NonNullable<ContainerRun['blkioConfig']>,
  refuse: Refuse,
): ResolvedBlkio {
  const rates = Object.entries(limits).map(([field, devices]) => [
    field,
    (devices as { path: string; rate: string | number }[]).map(({ path, rate }) => ({
      path,
      rate: bytesOf(`blkioConfig.${field}`, rate, refuse) ?? 0,
    })),
  ]);
  return { ...present({ weight, weightDevice }), ...(Object.fromEntries(rates) as ResolvedBlkio) };
}

function resolveGpus(gpus: NonNullable<ContainerRun['gpus']>): readonly ResolvedGpu[] {
  const requests: readonly GpuRequest[] = gpus === 'all' ? [{}] : gpus;
  return requests.map(({ driver = '', count, deviceIds = [], capabilities, options = {} }) => ({
    driver,
    count: typeof count === 'number' ? count : deviceIds.length > 0 ? 0 : -1,
    deviceIds,
    capabilities: capabilities ?? ['gpu'],
    options,
  }));
}

function resolveDevice(device: string | DeviceMapping) {
  if (typeof device !== 'string') {
    const { source, target = source, permissions = 'rwm' } = device;
    return { source, target, permissions };
  }
  const [source = '', ...rest] = device.split(':');
  const target = rest.find((part) => part.startsWith('/')) ?? source;
  const permissions = rest.find((part) => !part.startsWith('/')) ?? 'rwm';
  return { source, target, permissions };
}
