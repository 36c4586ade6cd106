import type { Counting } from '../../../plugins/metrics/measures.ts';

/** Keeps what is counted, as a test compares it: `services.started{action=create service=db} 1`. */
export function recordCounts(): Counting & { readonly said: string[]; keys(): string[] } {
  const said: string[] = [];
  const record = (key: string, tags: Readonly<Record<string, string>>, amount: number): void => {
    const pairs = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
    said.push(`${key}{${pairs.toSorted().join(' ')}} ${amount}`);
  };
  return {
    said,
    keys: () => [...new Set(said.map((line) => line.replace(/\{.*/, '')))].toSorted(),
    incr: (key, tags, amount = 1) => record(key, tags, amount),
    timing: (key, ms, tags) => record(key, tags, ms),
  };
}
