import { type Clock, withDeadline } from 'devservices/machine';
import type { Engine } from './ask-engine.ts';
import { homeVolume, type Owner } from './own-names.ts';

export interface LossesOf {
  engine: Engine;
  owner: Owner;
  name: string;
  container: string;
  clock: Clock;
  signal: AbortSignal;
}

// The engine adds up all files of all volumes: told where that is quick.
const patienceMs = 2000;

/** What goes with a workstation, in words. */
export async function describeLosses(request: LossesOf): Promise<readonly string[]> {
  const { owner, name, container } = request;
  const bytes = await sizeOf(request);
  const size = bytes === undefined ? '' : ` (${formatBytes(bytes)})`;
  return [
    `the home volume ${homeVolume(owner, name)}${size}`,
    `the container ${container}, with what was installed in it`,
  ];
}

async function sizeOf({ engine, owner, name, clock, signal }: LossesOf) {
  interface Usage {
    Volumes?: readonly { Name: string; UsageData?: { Size: number } | null }[] | null;
  }
  // Its types do not know that it takes options.
  const asked = engine as unknown as { df(options: object): Promise<Usage> };
  const late = new Error('late');
  try {
    const { Volumes } = await withDeadline(
      { clock, ms: patienceMs, signal },
      (until) => asked.df({ type: 'volume', abortSignal: until }),
      () => late,
    );
    const found = Volumes?.find((volume) => volume.Name === homeVolume(owner, name));
    const size = found?.UsageData?.Size ?? -1;
    return size < 0 ? undefined : size;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
