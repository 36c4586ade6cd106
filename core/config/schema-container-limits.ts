import * as z from 'zod';
import {
  field,
  flag,
  joined,
  size,
  text,
  textLike,
  texts,
  groupName,
  wholeNumber,
} from './schema-values.ts';

const capabilities = z.array(textLike(/^[A-Za-z_]+$/, 'a capability such as NET_ADMIN'));
const limit = wholeNumber(-1, Number.MAX_SAFE_INTEGER, 'a whole number, -1 for no limit');
const share = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number');
const micros = z
  .custom<string | number>((value) => /^\d+(?:\.\d+)?(?:us|ms|s)?$/.test(String(value)))
  .meta({ type: "microseconds, or a duration such as '50ms'" });
const cpus = z
  .custom<string | number>((value) => /^\d+(?:\.\d+)?$/.test(String(value)))
  .meta({ type: 'a number of cores such as 1.5' });
const rates = <Rate extends z.ZodType>(rate: Rate) =>
  z.array(z.strictObject({ path: text, rate })).meta({ type: 'a list of { path, rate }' });

/** The long form of a device. */
export const deviceMapping = z.strictObject({
  source: text.meta({ description: 'Path on this machine.' }),
  target: field(text, 'Path in the container.', 'the source'),
  permissions: field(textLike(/^[rwm]+$/, 'letters of rwm'), 'Read, write, make.', 'rwm'),
});

/** Devices of a driver. */
export const gpuRequest = z.strictObject({
  driver: field(text, 'Such as `nvidia`.'),
  count: field(z.union([limit, z.literal('all')]), 'How many.', 'all, unless deviceIds says which'),
  deviceIds: field(texts, 'Which ones.'),
  capabilities: field(texts, 'What they must be able to.', 'gpu'),
  options: field(
    z.record(text, z.string()).meta({ type: 'a record of options' }),
    "The driver's options.",
  ),
});

const blkioConfig = z.strictObject({
  weight: field(wholeNumber(10, 1000, 'a whole number from 10 to 1000'), 'Share.'),
  weightDevice: field(
    z
      .array(z.strictObject({ path: text, weight: share }))
      .meta({ type: 'a list of { path, weight }' }),
    'Share by device.',
  ),
  deviceReadBps: field(rates(size), 'Bytes a second.'),
  deviceWriteBps: field(rates(size), 'Bytes a second.'),
  deviceReadIops: field(rates(share), 'Operations a second.'),
  deviceWriteIops: field(rates(share), 'Operations a second.'),
});

/** The fields of a container that say how much it may use. */
export const resourceFields = {
  memory: field(size, 'Most memory.'),
  memLimit: field(size, "Compose's name of `memory`."),
  memoryReservation: field(size, 'Memory that it keeps when there is little.'),
  memReservation: field(size, "Compose's name of `memoryReservation`."),
  memorySwap: field(
    z.union([size, z.literal(-1)]),
    'Most memory and swap together; -1: no limit.',
    'twice the memory',
  ),
  memswapLimit: field(z.union([size, z.literal(-1)]), "Compose's name of `memorySwap`."),
  memSwappiness: field(
    wholeNumber(0, 100, 'a whole number from 0 to 100'),
    'How readily its memory is swapped out.',
    "the engine's",
  ),
  cpus: field(cpus, 'Most cores at a time.'),
  cpuShares: field(share, 'Weight among containers when cores are short.', '1024'),
  cpuset: field(text, 'Which cores, such as `0-2`.'),
  cpuPeriod: field(micros, 'Period of the scheduler: microseconds, or a duration.'),
  cpuQuota: field(micros, 'Time within that period: microseconds, or a duration.'),
  pidsLimit: field(limit, 'Most processes.'),
  oomKillDisable: field(flag, 'It is not ended when memory runs out.', 'false'),
  oomScoreAdj: field(
    wholeNumber(-1000, 1000, 'a whole number from -1000 to 1000'),
    'Higher ones are ended first when memory runs out.',
    '0',
  ),
  ulimits: field(
    z
      .record(text, z.union([limit, z.strictObject({ soft: limit, hard: limit })]))
      .meta({ type: 'a record of limits' }),
    'Limits by name: a number, or `{ soft, hard }`.',
  ),
  sysctls: field(
    z.union([texts, z.record(text, z.union([z.string(), z.number()]))]),
    'Kernel parameters of the container: `name=value` lines, or a record.',
  ),
  blkioConfig: field(
    blkioConfig,
    '`{ weight, weightDevice, deviceReadBps, deviceWriteBps, deviceReadIops, deviceWriteIops }`: shares and limits of block devices.',
  ),
  gpus: field(
    z.union([z.literal('all'), z.array(gpuRequest)]),
    "`'all'`, or a list of records, see Gpu.",
  ),
  devices: field(
    z.array(
      z.union([
        textLike(/^\/[^:]*(?::\/[^:]*)?(?::[rwm]+)?$/, 'a device such as /dev/fuse'),
        deviceMapping,
      ]),
    ),
    'Devices of this machine: `/dev/fuse[:/dev/fuse[:rwm]]`, or records, see Device.',
  ),
  deviceCgroupRules: field(texts, 'Rules such as `c 1:3 mr`.'),
};

/** The fields of a container that say what it may do, and what it shares. */
export const securityFields = {
  privileged: field(flag, 'All rights of the host.', 'false'),
  capAdd: field(capabilities, 'Capabilities to add.'),
  capDrop: field(capabilities, 'Capabilities to take away.'),
  securityOpt: field(texts, 'Such as `no-new-privileges:true` or `seccomp:./profile.json`.'),
  groupAdd: field(z.array(groupName), 'Further groups of the process.'),
  readOnly: field(flag, 'Nothing but volumes can be written to.', 'false'),
  pid: field(joined(['host']), 'Processes that it sees.', 'its own'),
  ipc: field(
    joined(['none', 'private', 'shareable', 'host']),
    'Shared memory that it sees.',
    "the engine's",
  ),
  uts: field(z.literal('host'), "With `host` it has this machine's name.", 'its own'),
  usernsMode: field(z.literal('host'), "With `host` its users are this machine's.", "the engine's"),
  cgroup: field(z.enum(['host', 'private']), 'Control groups that it sees.', "the engine's"),
  cgroupParent: field(text, 'Control group above its own.'),
  runtime: field(text, 'Such as `runsc`, as the engine knows it.', "the engine's"),
};
