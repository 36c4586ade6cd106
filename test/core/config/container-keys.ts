import { build } from '../../../core/config/schema-build.ts';
import { deviceMapping, gpuRequest } from '../../../core/config/schema-container-limits.ts';
import { networkAttachment } from '../../../core/config/schema-container-network.ts';
import { volumeMount } from '../../../core/config/schema-container-storage.ts';
import { containerRun, envFile, healthcheck } from '../../../core/config/schema-container.ts';
import type { BuildFields } from '../../../core/run/build-fields.ts';
import type {
  DeviceMapping,
  GpuRequest,
  ResourceFields,
  SecurityFields,
} from '../../../core/run/limit-fields.ts';
import type { NetworkAttachment, NetworkFields } from '../../../core/run/network-fields.ts';
import type { ContainerRun, Healthcheck } from '../../../core/run/run.ts';
import type { EnvFile, StorageFields, VolumeMount } from '../../../core/run/storage-fields.ts';

/** A record of exactly a type's keys: a key more or less does not compile. */
export type Keys<Type> = Readonly<Record<keyof Type, true>>;

const storage: Keys<StorageFields> = {
  volumes: true,
  tmpfs: true,
  secrets: true,
  configs: true,
  shmSize: true,
  storageOpt: true,
};
const network: Keys<NetworkFields> = {
  hostname: true,
  domainname: true,
  macAddress: true,
  aliases: true,
  networks: true,
  networkMode: true,
  extraHosts: true,
  dns: true,
  dnsSearch: true,
  dnsOpt: true,
  expose: true,
};
const resources: Keys<ResourceFields> = {
  memory: true,
  memLimit: true,
  memoryReservation: true,
  memReservation: true,
  memorySwap: true,
  memswapLimit: true,
  memSwappiness: true,
  cpus: true,
  cpuShares: true,
  cpuset: true,
  cpuPeriod: true,
  cpuQuota: true,
  pidsLimit: true,
  oomKillDisable: true,
  oomScoreAdj: true,
  ulimits: true,
  sysctls: true,
  blkioConfig: true,
  gpus: true,
  devices: true,
  deviceCgroupRules: true,
};
const security: Keys<SecurityFields> = {
  privileged: true,
  capAdd: true,
  capDrop: true,
  securityOpt: true,
  groupAdd: true,
  readOnly: true,
  pid: true,
  ipc: true,
  uts: true,
  usernsMode: true,
  cgroup: true,
  cgroupParent: true,
  runtime: true,
};
const aContainer: Keys<ContainerRun> = {
  ...storage,
  ...network,
  ...resources,
  ...security,
  kind: true,
  image: true,
  build: true,
  command: true,
  entrypoint: true,
  environment: true,
  envFile: true,
  pullPolicy: true,
  labelFile: true,
  annotations: true,
  tty: true,
  stdinOpen: true,
  logging: true,
  user: true,
  workingDir: true,
  labels: true,
  healthcheck: true,
  restart: true,
  init: true,
  platform: true,
  stopSignal: true,
  stopGracePeriod: true,
};
const aVolume: Keys<VolumeMount> = {
  type: true,
  source: true,
  target: true,
  readOnly: true,
  bind: true,
  volume: true,
  tmpfs: true,
};
const aNetwork: Keys<NetworkAttachment> = {
  aliases: true,
  ipv4Address: true,
  ipv6Address: true,
  linkLocalIps: true,
  macAddress: true,
  priority: true,
};
const aDevice: Keys<DeviceMapping> = { source: true, target: true, permissions: true };
const aGpu: Keys<GpuRequest> = {
  driver: true,
  count: true,
  deviceIds: true,
  capabilities: true,
  options: true,
};
const anEnvFile: Keys<EnvFile> = { path: true, required: true, format: true };
const aBuild: Keys<BuildFields> = {
  context: true,
  dockerfile: true,
  dockerfileInline: true,
  args: true,
  target: true,
  secrets: true,
  ssh: true,
  cacheFrom: true,
  cacheTo: true,
  noCache: true,
  network: true,
  labels: true,
  extraHosts: true,
  shmSize: true,
  additionalContexts: true,
};
const aHealthcheck: Keys<Healthcheck> = {
  test: true,
  interval: true,
  timeout: true,
  retries: true,
  startPeriod: true,
  startInterval: true,
  disable: true,
};

/** What a container is made of: its types' fields beside those of its schemas. */
export const containerPairs: [
  name: string,
  typed: object,
  shape: Readonly<Record<string, object>>,
][] = [
  ['ContainerRun', aContainer, containerRun.shape],
  ['Build', aBuild, build.shape],
  ['Volume', aVolume, volumeMount.shape],
  ['Network', aNetwork, networkAttachment.shape],
  ['Device', aDevice, deviceMapping.shape],
  ['Gpu', aGpu, gpuRequest.shape],
  ['EnvFile', anEnvFile, envFile.shape],
  ['Healthcheck', aHealthcheck, healthcheck.shape],
];
