/** One device of a request, as the engine numbers it: -1 is all of them. */
export type ResolvedGpu = {
  readonly driver: string;
  readonly count: number;
  readonly deviceIds: readonly string[];
  readonly capabilities: readonly string[];
  readonly options: Readonly<Record<string, string>>;
};

/** Shares and limits of block devices; rates in bytes or operations a second. */
export type ResolvedBlkio = {
  readonly weight?: number;
  readonly weightDevice?: readonly { readonly path: string; readonly weight: number }[];
} & {
  readonly [Limit in BlkioLimit]?: readonly { readonly path: string; readonly rate: number }[];
};

export type BlkioLimit = 'deviceReadBps' | 'deviceWriteBps' | 'deviceReadIops' | 'deviceWriteIops';

/** What a container may use, do and share, with everything decided: bytes, microseconds. */
export type ResolvedLimits = {
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOpt?: readonly string[];
  readonly groupAdd?: readonly string[];
  readonly readOnly?: true;
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly usernsMode?: string;
  readonly cgroup?: string;
  readonly cgroupParent?: string;
  readonly runtime?: string;
  readonly shmSize?: number;
  readonly storageOpt?: Readonly<Record<string, string>>;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly memory?: number;
  readonly memoryReservation?: number;
  readonly memorySwap?: number;
  readonly memSwappiness?: number;
  readonly cpus?: number;
  readonly cpuShares?: number;
  readonly cpuset?: string;
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly pidsLimit?: number;
  readonly oomKillDisable?: true;
  readonly oomScoreAdj?: number;
  readonly blkioConfig?: ResolvedBlkio;
  readonly gpus?: readonly ResolvedGpu[];
  readonly devices?: readonly {
    readonly source: string;
    readonly target: string;
    readonly permissions: string;
  }[];
  readonly deviceCgroupRules?: readonly string[];
};
