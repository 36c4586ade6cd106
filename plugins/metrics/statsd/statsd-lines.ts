import type { MetricSample } from 'devservices/runner';

/** How the lines are written. */
export interface StatsdFormat {
  prefix: string;
  dialect: 'dogstatsd' | 'statsd';
  /** Of a datagram: tags that no line has room for are left out. */
  maxBytes: number;
}

/** What measurements are in the protocol: texts without a newline at the end, each to be sent whole. */
export function toStatsdLines(batch: readonly MetricSample[], format: StatsdFormat): string[] {
  return batch.flatMap((sample) => linesOf(sample, format));
}

function linesOf(sample: MetricSample, format: StatsdFormat): string[] {
  const isPlain = format.dialect === 'statsd';
  const write = (value: number, type: string): string => {
    const [name, tags] = label(sample, format);
    return `${name}:${plainNumber(value)}|${type}${tags}`;
  };
  switch (sample.kind) {
    case 'counter':
      return Number.isFinite(sample.sum) ? [write(sample.sum, 'c')] : [];
    case 'gauge':
      if (!Number.isFinite(sample.last)) return [];
      // With a sign it is a change of what was there: it begins anew from nothing.
      if (isPlain && sample.last < 0) return [`${write(0, 'g')}\n${write(sample.last, 'g')}`];
      return [write(sample.last, 'g')];
    case 'timing':
    case 'distribution': {
      // Plain StatsD has no other type that keeps single values.
      const type = isPlain || sample.kind === 'timing' ? 'ms' : 'd';
      const rate = rateOf(sample);
      return sample.values
        .filter(Number.isFinite)
        .map((value) => write(value, rate < 1 ? `${type}|@${plainNumber(rate)}` : type));
    }
  }
}

// Each value that is sent stands for as many as were measured.
function rateOf({ values, count }: MetricSample): number {
  const rate = count > 0 ? values.length / count : 1;
  return Math.max(Math.round(rate * 1e6) / 1e6, 1e-6);
}

/** What stands before and behind the value. */
function label(
  { key, tags }: MetricSample,
  { prefix, dialect, maxBytes }: StatsdFormat,
): [name: string, tags: string] {
  const name = safeName(prefix + key);
  const isPlain = dialect === 'statsd';
  // The number, its type and rate, twice for a gauge below zero.
  let leftBytes = maxBytes - name.length - 160;
  const texts: string[] = [];
  for (const [tag, value] of Object.entries(tags).toSorted(byName)) {
    const text = isPlain
      ? `.${safePart(tag)}_${safePart(value)}`
      : `${safeName(tag)}:${safeValue(value)}`;
    leftBytes -= (Buffer.byteLength(text) + 1) * (isPlain ? 2 : 1);
    if (leftBytes >= 0) texts.push(text);
  }
  if (isPlain) return [name + texts.join(''), ''];
  return [name, texts.length > 0 ? `|#${texts.join(',')}` : ''];
}

const byName = ([one]: [string, string], [other]: [string, string]): number =>
  one < other ? -1 : 1;

const safeName = (text: string): string => text.replaceAll(/[^\w.-]/g, '_').slice(0, 200) || '_';
// A dot would begin another level of the name.
const safePart = (text: string): string => text.replaceAll(/[^\w-]/g, '_');
const safeValue = (text: string): string => text.replaceAll(/[|,#@\s\p{C}\p{Zl}\p{Zp}]/gu, '_');

/** Not every receiver reads exponents. */
function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Math.abs(value) >= 1) return BigInt(value).toString();
  return value.toFixed(20).replace(/\.?0+$/, '');
}
