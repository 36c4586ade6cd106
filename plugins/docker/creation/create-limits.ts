import type { Target } from 'devservices/runner';
import { joinedContainer } from './create-network.ts';
import { asContainer } from '../fields/resolved-container.ts';
import type { BlkioLimit, ResolvedBlkio } from '../fields/resolved-limits.ts';

const nanoCpus = 1e9;

/** The parts of a create request's HostConfig that say what a container may use, do and share. Pure. */
export function createLimits(target: Target): Record<string, unknown> {
  const run = asContainer(target.run);
  const joined = (value: string | undefined) => value && joinedContainer(target, value);
  return {
    Privileged: run.privileged,
    CapAdd: run.capAdd,
    CapDrop: run.capDrop,
    SecurityOpt: run.securityOpt,
    GroupAdd: run.groupAdd,
    PidMode: joined(run.pid),
    IpcMode: joined(run.ipc),
    UTSMode: run.uts,
    UsernsMode: run.usernsMode,
    CgroupnsMode: run.cgroup,
    CgroupParent: run.cgroupParent,
    Runtime: run.runtime,
    Ulimits: Object.entries(run.ulimits).map(([name, { soft, hard }]) => ({
      Name: name,
      Soft: soft,
      Hard: hard,
    })),
    Sysctls: run.sysctls,
    Memory: run.memory,
    MemoryReservation: run.memoryReservation,
    MemorySwap: run.memorySwap,
    MemorySwappiness: run.memSwappiness,
    NanoCpus: run.cpus === undefined ? undefined : Math.round(run.cpus * nanoCpus),
    CpuShares: run.cpuShares,
    CpusetCpus: run.cpuset,
    CpuPeriod: run.cpuPeriod,
    CpuQuota: run.cpuQuota,
    PidsLimit: run.pidsLimit,
    OomKillDisable: run.oomKillDisable,
    OomScoreAdj: run.oomScoreAdj,
    ...createBlkio(run.blkioConfig ?? {}),
    DeviceRequests: run.gpus?.map(({ driver, count, deviceIds, capabilities, options }) => ({
      Driver: driver,
      Count: count,
      DeviceIDs: deviceIds,
      Capabilities: [capabilities],
      Options: options,
    })),
    Devices: run.devices?.map(({ source, target: path, permissions }) => ({
      PathOnHost: source,
      PathInContainer: path,
      CgroupPermissions: permissions,
    })),
    DeviceCgroupRules: run.deviceCgroupRules,
  };
}

const blkioNames: Readonly<Record<BlkioLimit, string>> = {
  deviceReadBps: 'BlkioDeviceReadBps',
  deviceWriteBps: 'BlkioDeviceWriteBps',
  deviceReadIops: 'BlkioDeviceReadIOps',
  deviceWriteIops: 'BlkioDeviceWriteIOps',
};

function createBlkio(blkio: ResolvedBlkio): Record<string, unknown> {
  const rates = Object.entries(blkioNames).map(([field, name]) => [
    name,
    blkio[field as BlkioLimit]?.map(({ path, rate }) => ({ Path: path, Rate: rate })),
  ]);
  return {
    BlkioWeight: blkio.weight,
    BlkioWeightDevice: blkio.weightDevice?.map(({ path, weight }) => ({
      Path: path,
      Weight: weight,
    })),
    ...(Object.fromEntries(rates) as object),
  };
}
