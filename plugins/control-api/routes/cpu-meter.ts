import type { Clock, ServiceStats } from 'devservices/machine';

/** What instances use, and how much of one core they did since they were looked at before. */
export interface CpuMeter {
  read(): Promise<readonly (ServiceStats & { cpuPercent: number | null })[]>;
}

type Sample = Pick<ServiceStats, 'at' | 'cpuMs'>;

const leastMs = 200;
const longestMs = 60_000;
const betweenMs = 250;

/** Looks a second time where there was no look that tells: the first of an instance, or the last was long ago. */
export function createCpuMeter({
  clock,
  signal,
  look,
}: {
  clock: Clock;
  signal: AbortSignal;
  look(): Promise<readonly ServiceStats[]>;
}): CpuMeter {
  const samples = new Map<string, Sample>();

  const note = (stats: readonly ServiceStats[]): void => {
    for (const one of stats) {
      const before = samples.get(keyOf(one));
      if (!before || timeBetween(before, one) >= leastMs || !isSameLife(before, one)) {
        samples.set(keyOf(one), one);
      }
    }
    const [now = ''] = stats
      .map(({ at }) => at)
      .toSorted()
      .slice(-1);
    for (const [key, { at }] of samples) {
      if (Date.parse(now) - Date.parse(at) > longestMs) samples.delete(key);
    }
  };
  const measure = (one: ServiceStats): number | undefined => {
    const before = samples.get(keyOf(one));
    return before && shareOf(before, one);
  };

  return {
    async read() {
      let stats = await look();
      let shares = stats.map(measure);
      note(stats);
      if (shares.includes(undefined)) {
        await clock.sleep(betweenMs, signal);
        stats = await look();
        shares = stats.map(measure);
        note(stats);
      }
      return stats.map((one, index) => ({ ...one, cpuPercent: shares[index] ?? null }));
    },
  };
}

const keyOf = ({ runner, id }: ServiceStats): string => JSON.stringify([runner, id]);

const timeBetween = (before: Sample, after: Sample): number =>
  Date.parse(after.at) - Date.parse(before.at);

// A container that began anew has the id that it had, and counts from the beginning.
const isSameLife = (before: Sample, after: Sample): boolean => after.cpuMs >= before.cpuMs;

function shareOf(before: Sample, after: Sample): number | undefined {
  const elapsedMs = timeBetween(before, after);
  if (elapsedMs < leastMs || elapsedMs > longestMs || !isSameLife(before, after)) return undefined;
  return Math.round(((after.cpuMs - before.cpuMs) / elapsedMs) * 1000) / 10;
}
