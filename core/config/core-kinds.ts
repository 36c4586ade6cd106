import type { ZodType } from 'zod';
import { isMergeable } from './merge-tree.ts';

/** Schemas of runs by kind; a kind without one takes anything. */
export type RunKinds = ReadonlyMap<string, ZodType | undefined>;

// Hundreds of fields, which only configurations that have such a run have to build.
const loaders: Readonly<Record<string, () => Promise<ZodType>>> = {
  container: async () => (await import('./schema-container.ts')).containerRun,
  process: async () => (await import('./schema-process.ts')).processRun,
};

/**
 * The kinds that are there without any plugin. Of those that are not `used` only the names are there:
 * a configuration that has one of them after all has to be checked with all.
 */
export async function loadCoreKinds(used: ReadonlySet<string> | 'all' = 'all'): Promise<RunKinds> {
  const kinds = Object.entries(loaders).map(async ([kind, load]) => {
    const schema = used === 'all' || used.has(kind) ? await load() : undefined;
    return [kind, schema] as const;
  });
  return new Map(await Promise.all(kinds));
}

/** Kinds of the runs in a configuration that nobody has checked yet. */
export function kindsIn(config: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const kinds = new Set<string>();
  const { services } = config;
  for (const service of isMergeable(services) ? Object.values(services) : []) {
    const run = isMergeable(service) ? service['run'] : undefined;
    if (!isMergeable(run)) continue;
    for (const one of [run, ...Object.values(run)]) {
      if (isMergeable(one) && typeof one['kind'] === 'string') kinds.add(one['kind']);
    }
  }
  return kinds;
}
