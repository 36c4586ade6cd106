import type { Row } from './row.ts';

/** What a container may use, do and share. */
export const limitRows: readonly Row[] = [
  {
    fields: ['memory', 'memoryReservation', 'memorySwap', 'memSwappiness'],
    ours: { memory: '256mb', memoryReservation: '64m', memorySwap: '1g', memSwappiness: 10 },
    compose: {
      mem_limit: '256mb',
      mem_reservation: '64m',
      memswap_limit: '1g',
      mem_swappiness: 10,
    },
  },
  {
    fields: ['memLimit', 'memReservation', 'memswapLimit'],
    ours: { memLimit: 268_435_456, memReservation: '64m', memswapLimit: -1 },
    compose: { mem_limit: 268_435_456, mem_reservation: '64m', memswap_limit: -1 },
  },
  { fields: ['cpus'], ours: { cpus: 1.5 }, compose: { cpus: 1.5 } },
  {
    fields: ['cpuShares', 'cpuset', 'cpuPeriod', 'cpuQuota'],
    ours: { cpuShares: 512, cpuset: '0', cpuPeriod: '50ms', cpuQuota: 25_000 },
    compose: { cpu_shares: 512, cpuset: '0', cpu_period: 50_000, cpu_quota: 25_000 },
  },
  { fields: ['pidsLimit'], ours: { pidsLimit: 100 }, compose: { pids_limit: 100 } },
  {
    fields: ['oomKillDisable', 'oomScoreAdj'],
    ours: { oomKillDisable: true, oomScoreAdj: 500, memory: '64m' },
    compose: { oom_kill_disable: true, oom_score_adj: 500, mem_limit: '64m' },
  },
  {
    fields: ['ulimits'],
    ours: { ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 65_535 } },
    compose: { ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 65_535 } },
  },
  {
    fields: ['sysctls'],
    ours: { sysctls: { 'net.core.somaxconn': 1024 } },
    compose: { sysctls: { 'net.core.somaxconn': 1024 } },
  },
  {
    fields: ['sysctls'],
    ours: { sysctls: ['net.core.somaxconn=1024'] },
    compose: { sysctls: ['net.core.somaxconn=1024'] },
  },
  {
    fields: ['blkioConfig'],
    ours: {
      blkioConfig: {
        weight: 300,
        weightDevice: [{ path: '/dev/null', weight: 400 }],
        deviceReadBps: [{ path: '/dev/null', rate: '12mb' }],
        deviceWriteBps: [{ path: '/dev/null', rate: 1024 }],
        deviceReadIops: [{ path: '/dev/null', rate: 120 }],
        deviceWriteIops: [{ path: '/dev/null', rate: 30 }],
      },
    },
    compose: {
      blkio_config: {
        weight: 300,
        weight_device: [{ path: '/dev/null', weight: 400 }],
        device_read_bps: [{ path: '/dev/null', rate: '12mb' }],
        device_write_bps: [{ path: '/dev/null', rate: 1024 }],
        device_read_iops: [{ path: '/dev/null', rate: 120 }],
        device_write_iops: [{ path: '/dev/null', rate: 30 }],
      },
    },
  },
  {
    fields: ['gpus'],
    ours: { gpus: 'all' },
    compose: {
      deploy: {
        resources: { reservations: { devices: [{ capabilities: ['gpu'], count: 'all' }] } },
      },
    },
  },
  {
    fields: ['gpus'],
    ours: {
      gpus: [
        {
          driver: 'nvidia',
          deviceIds: ['0', '3'],
          capabilities: ['gpu', 'utility'],
          options: { a: 'b' },
        },
      ],
    },
    compose: {
      deploy: {
        resources: {
          reservations: {
            devices: [
              {
                driver: 'nvidia',
                device_ids: ['0', '3'],
                capabilities: ['gpu', 'utility'],
                options: { a: 'b' },
              },
            ],
          },
        },
      },
    },
    differs: { 'HostConfig.DeviceRequests.0.Options': 'this Compose (2.26) drops the options' },
  },
  {
    fields: ['devices', 'deviceCgroupRules'],
    ours: {
      devices: [
        '/dev/null:/dev/zero1:r',
        '/dev/zero',
        { source: '/dev/full', target: '/dev/f', permissions: 'rw' },
      ],
      deviceCgroupRules: ['c 1:3 mr'],
    },
    compose: {
      devices: ['/dev/null:/dev/zero1:r', '/dev/zero', '/dev/full:/dev/f:rw'],
      device_cgroup_rules: ['c 1:3 mr'],
    },
  },
  { fields: ['privileged'], ours: { privileged: true }, compose: { privileged: true } },
  {
    fields: ['capAdd', 'capDrop'],
    ours: { capAdd: ['NET_ADMIN'], capDrop: ['ALL'] },
    compose: { cap_add: ['NET_ADMIN'], cap_drop: ['ALL'] },
  },
  {
    fields: ['securityOpt'],
    ours: { securityOpt: ['no-new-privileges:true', 'seccomp:./seccomp.json'] },
    compose: { security_opt: ['no-new-privileges:true', 'seccomp:./seccomp.json'] },
  },
  {
    fields: ['groupAdd'],
    ours: { groupAdd: ['mail', 1005] },
    compose: { group_add: ['mail', 1005] },
  },
  { fields: ['readOnly'], ours: { readOnly: true }, compose: { read_only: true } },
  { fields: ['pid'], ours: { pid: 'host' }, compose: { pid: 'host' } },
  { fields: ['pid'], ours: { pid: 'service:other' }, compose: { pid: 'service:other' } },
  { fields: ['ipc'], ours: { ipc: 'shareable' }, compose: { ipc: 'shareable' } },
  { fields: ['ipc'], ours: { ipc: 'service:other' }, compose: { ipc: 'service:other' } },
  { fields: ['uts'], ours: { uts: 'host' }, compose: { uts: 'host' } },
  { fields: ['usernsMode'], ours: { usernsMode: 'host' }, compose: { userns_mode: 'host' } },
  { fields: ['cgroup'], ours: { cgroup: 'host' }, compose: { cgroup: 'host' } },
  {
    fields: ['cgroupParent'],
    ours: { cgroupParent: 'm-executor-abcd' },
    compose: { cgroup_parent: 'm-executor-abcd' },
  },
  { fields: ['runtime'], ours: { runtime: 'runc' }, compose: { runtime: 'runc' } },
  {
    fields: ['runtime'],
    ours: { runtime: 'no-such-runtime' },
    compose: { runtime: 'no-such-runtime' },
    refusal: /no-such-runtime/,
  },
];
