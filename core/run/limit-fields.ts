/** Compose's long form of a device. */
export interface DeviceMapping {
  source: string;
  /** Default: the source. */
  target?: string;
  /** Of `rwm`; default all. */
  permissions?: string;
}

/** Compose's request for devices of a driver. */
export interface GpuRequest {
  driver?: string;
  /** Default: all of them, unless `deviceIds` says which. */
  count?: number | 'all';
  deviceIds?: readonly string[];
  /** Default `gpu`. */
  capabilities?: readonly string[];
  options?: Readonly<Record<string, string>>;
}

/** Compose's `blkio_config`. */
export interface BlkioConfig {
  /** 10 to 1000. */
  weight?: number;
  weightDevice?: readonly { path: string; weight: number }[];
  deviceReadBps?: readonly { path: string; rate: string | number }[];
  deviceWriteBps?: readonly { path: string; rate: string | number }[];
  deviceReadIops?: readonly { path: string; rate: number }[];
  deviceWriteIops?: readonly { path: string; rate: number }[];
}

/** How much of this machine a container may use. */
export interface ResourceFields {
  /** Most memory: bytes, or `512mb`. Compose's own name, `memLimit`, is taken as well. */
  memory?: string | number;
  memLimit?: string | number;
  /** Memory that it keeps when there is little; also `memReservation`. */
  memoryReservation?: string | number;
  memReservation?: string | number;
  /** Most memory and swap together, -1 for no limit; also `memswapLimit`. */
  memorySwap?: string | number;
  memswapLimit?: string | number;
  /** 0 to 100. */
  memSwappiness?: number;
  /** Such as `1.5`. */
  cpus?: string | number;
  cpuShares?: number;
  /** Such as `0-2` or `0,1`. */
  cpuset?: string;
  /** A duration, or a number of microseconds as Compose has it. */
  cpuPeriod?: string | number;
  cpuQuota?: string | number;
  pidsLimit?: number;
  oomKillDisable?: boolean;
  /** -1000 to 1000; higher ones are ended first. */
  oomScoreAdj?: number;
  ulimits?: Readonly<Record<string, number | { soft: number; hard: number }>>;
  /** `name=value` lines, or a record. */
  sysctls?: readonly string[] | Readonly<Record<string, string | number>>;
  blkioConfig?: BlkioConfig;
  gpus?: 'all' | readonly GpuRequest[];
  /** `/dev/fuse[:/dev/fuse[:rwm]]`, or the long form. */
  devices?: readonly (string | DeviceMapping)[];
  deviceCgroupRules?: readonly string[];
}

/** What a container may do, and what it shares. */
export interface SecurityFields {
  privileged?: boolean;
  capAdd?: readonly string[];
  capDrop?: readonly string[];
  securityOpt?: readonly string[];
  /** Further groups of the process. */
  groupAdd?: readonly (string | number)[];
  /** Nothing but volumes can be written to. */
  readOnly?: boolean;
  pid?: 'host' | `service:${string}` | `container:${string}`;
  ipc?: 'none' | 'private' | 'shareable' | 'host' | `service:${string}` | `container:${string}`;
  uts?: 'host';
  usernsMode?: 'host';
  cgroup?: 'host' | 'private';
  cgroupParent?: string;
  /** Such as `runsc`, as the engine knows it. */
  runtime?: string;
}
