/** One thing to time: a whole process, from its start to its end. */
export interface Contestant {
  readonly name: string;
  /** Rejects where it did not do what it is timed for. */
  run(): Promise<unknown>;
  /** Makes the run start from nothing; not timed. */
  prepare?(): Promise<unknown>;
  /** Ends what the run left going, so that the next one has the machine to itself; not timed. */
  finish?(): Promise<unknown>;
}

/** Milliseconds of each run, by contestant. */
export type Times = ReadonlyMap<string, readonly number[]>;

/**
 * Times all in turns, A B C A B C, so that what else the machine does meets each of them alike. A first
 * round that fills caches is not counted, unless they are full already.
 */
export async function measureInTurns(
  contestants: readonly Contestant[],
  { runs, isWarm = false }: { runs: number; isWarm?: boolean },
): Promise<Times> {
  const times = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = isWarm ? 1 : 0; round <= runs; round++) {
    for (const contestant of contestants) {
      await contestant.prepare?.();
      const began = performance.now();
      await contestant.run();
      const elapsedMs = performance.now() - began;
      await contestant.finish?.();
      if (round > 0) times.get(contestant.name)?.push(elapsedMs);
    }
  }
  return times;
}

/** The middle of some numbers; the lower one of two. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
