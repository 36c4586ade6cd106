import { statfs } from 'node:fs/promises';
import type { Finding } from 'devservices/runner';
import type Dockerode from 'dockerode';
import { remoteHostOf } from '../engine/engine-address.ts';
import type { Engine } from '../engine/engine.ts';
import { findEngineStarter } from '../engine/start-engine.ts';
import { describeProduct } from './describe-product.ts';
import type { EngineInfo, EngineVersion } from './describe-product.ts';
import { wayTaken } from './survey-engines.ts';
import type { SurveyedWay } from './survey-engines.ts';

const longestSkewMs = 2000;
const leastFreeBytes = 2 * 1024 ** 3;

/** The engine that is taken and why, or that there is none; what else answers. */
export async function inspectEngine(
  engine: Engine,
  ways: readonly SurveyedWay[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const taken = wayTaken(ways);
  if (!taken?.answers) return [await withoutEngine(engine, ways, signal)];
  const client = await engine.client(signal);
  const askedMs = Date.now();
  const [version, info] = await Promise.all([client.version(), readInfo(client)]);
  const answeredMs = Date.now();
  return [
    describeEngine(engine, { taken, version, info }),
    describeWays(ways, taken),
    ...describeClock(info, { askedMs, answeredMs }),
    ...(await describeDisk(engine, info, signal)),
  ];
}

const readInfo = async (client: Dockerode): Promise<EngineInfo> =>
  (await client.info()) as EngineInfo;

async function withoutEngine(
  engine: Engine,
  ways: readonly SurveyedWay[],
  signal: AbortSignal,
): Promise<Finding> {
  const starter = await findEngineStarter(engine.options, signal);
  const chosen = ways.findIndex(({ isChosen }) => isChosen);
  const error = ways[chosen]?.error;
  const lines = tell(ways, undefined);
  // What was chosen is not passed over: of the rest only what answers is worth a line.
  const shown = lines.filter(
    (_, index) => chosen === -1 || index <= chosen || ways[index]?.answers === true,
  );
  return {
    name: 'engine',
    level: 'problem',
    text: ['none answers', ...shown].join('\n'),
    hint:
      error?.hint ??
      (starter === undefined
        ? 'Start Docker (or Colima, OrbStack, Podman), or name a running engine with --engine.'
        : `Start ${starter.what}: \`${starter.command}\`.`),
    facts: { tried: lines },
  };
}

function describeEngine(
  engine: Engine,
  { taken, version, info }: { taken: SurveyedWay; version: EngineVersion; info: EngineInfo },
): Finding {
  const product = describeProduct(version, info);
  const traits = [
    `API ${version.ApiVersion}`,
    `${version.Os}/${version.Arch}`,
    ...(product.isRootless ? ['rootless'] : []),
    info.Driver,
    `cgroup ${info.CgroupVersion ?? '1'}`,
  ];
  const why = taken.isChosen ? 'it was chosen' : 'it is the first that answers';
  return {
    name: 'engine',
    level: 'ok',
    text: `${product.name} ${version.Version} (${traits.join(', ')})\n${taken.way}: taken, as ${why}`,
    facts: {
      product: product.name,
      version: version.Version,
      api: version.ApiVersion,
      url: engine.url,
      way: taken.way,
      os: version.Os,
      arch: version.Arch,
      rootless: product.isRootless,
      storageDriver: info.Driver,
      cgroup: info.CgroupVersion ?? '1',
      operatingSystem: info.OperatingSystem,
    },
  };
}

function describeWays(ways: readonly SurveyedWay[], taken: SurveyedWay): Finding {
  const others = ways.filter((one) => one !== taken);
  const answering = others.filter(({ answers }) => answers);
  return {
    name: 'other engines',
    level: 'ok',
    text:
      answering.length === 0
        ? 'none answers'
        : answering.map(({ way }) => `${way}: answers, and is not taken`).join('\n'),
    facts: { tried: tell(ways, taken) },
  };
}

function tell(ways: readonly SurveyedWay[], taken: SurveyedWay | undefined): string[] {
  return ways.map(
    (one) => `${one.way}: ${one === taken ? 'taken' : (one.reason ?? 'answers, and is not taken')}`,
  );
}

// What was asked for took some time itself: only what lies outside of it is a difference.
function describeClock(
  { SystemTime }: EngineInfo,
  { askedMs, answeredMs }: { askedMs: number; answeredMs: number },
): Finding[] {
  const engineMs = Date.parse(SystemTime ?? '');
  if (!Number.isFinite(engineMs)) return [];
  const skewMs = engineMs < askedMs ? engineMs - askedMs : Math.max(0, engineMs - answeredMs);
  const isOff = Math.abs(skewMs) > longestSkewMs;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    {
      name: 'clock',
      level: isOff ? 'warning' : 'ok',
      text: isOff
        ? `the engine's is ${seconds} s ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's`
        : "the engine's agrees with this machine's",
      ...(isOff ? { hint: 'Set both by the network; a virtual machine may need a restart.' } : {}),
      facts: { skewMs: Math.round(skewMs) },
    },
  ];
}

async function describeDisk(
  engine: Engine,
  { DockerRootDir: folder }: EngineInfo,
  signal: AbortSignal,
): Promise<Finding[]> {
  const address = await engine.connect(signal);
  if (!folder || remoteHostOf(address) !== undefined || process.platform !== 'linux') return [];
  try {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const isTight = free < leastFreeBytes;
    return [
      {
        name: 'disk',
        level: isTight ? 'warning' : 'ok',
        text: `${(free / 1024 ** 3).toFixed(1)} GiB free in ${folder}`,
        ...(isTight ? { hint: 'Make room: `docker system df` says what takes it.' } : {}),
        facts: { folder, freeBytes: free },
      },
    ];
  } catch {
    // It lies in a virtual machine, or is nobody's but root's.
    return [];
  }
}
