import { expect } from 'vitest';

/** One line of what Prometheus reads. */
export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** What a scrape would read, as the text format is specified; a line that is none fails the test. */
export function readMetrics(text: string): Sample[] {
  expect(text.endsWith('\n')).toBe(true);
  const types = new Map<string, string>();
  const samples = text.split('\n').flatMap((line): Sample[] => {
    if (line === '' || /^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S[^\n]*$/.test(line)) return [];
    const [, typed, type] = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (\w+)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      // Each metric stands there once.
      expect(types.has(typed)).toBe(false);
      types.set(typed, type);
      return [];
    }
    return [readSample(line)];
  });
  const keys = samples.map(({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
  );
  expect(keys).toEqual([...new Set(keys)]);
  expect([...types.values()].every((type) => /^(counter|gauge|histogram)$/.test(type))).toBe(true);
  return samples;
}

/** The value of the one sample with that name and those labels; undefined where there is none. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  expect(found.length).toBeLessThan(2);
  return found[0]?.value;
}

const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"/;
const sample = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(${pair.source}(?:,${pair.source})*)\\})? (\\S+)$`,
  'u',
);

function readSample(line: string): Sample {
  const found = sample.exec(line);
  if (!found) throw new Error(`no sample: ${JSON.stringify(line)}`);
  const pairs = [...(found[2] ?? '').matchAll(new RegExp(pair.source, 'g'))];
  const labels = pairs.map(([, label = '', value = '']) => [label, unescaped(value)] as const);
  expect(new Set(labels.map(([label]) => label)).size).toBe(labels.length);
  return { name: found[1] ?? '', labels: Object.fromEntries(labels), value: Number(found.at(-1)) };
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
