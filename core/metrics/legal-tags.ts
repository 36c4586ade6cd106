import type { MetricTags } from '../metrics.ts';

/** A key with its instance; what follows it in a line of any format cannot be in it. */
export function isLegalKey(key: unknown): key is string {
  return typeof key === 'string' && /^[a-zA-Z][\w.-]{0,127}$/.test(key);
}

/** The tags as they are recorded, and the names of those that may not be. */
export function checkTags(given: MetricTags): {
  tags: Readonly<Record<string, string>>;
  illegal: readonly string[];
} {
  const tags: [name: string, value: string][] = [];
  const illegal: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    // `{ code: error.code }` of an error without one.
    if (value === undefined || value === null) continue;
    if (isLegalName(name) && tags.length < mostTags) tags.push([name, legalValue(value)]);
    else illegal.push(name);
  }
  tags.sort(([one], [other]) => (one < other ? -1 : 1));
  return { tags: Object.freeze(Object.fromEntries(tags)), illegal };
}

const mostTags = 32;

// Ids have ever new values; the others mean something of their own to who reads them.
const isLegalName = (name: string): boolean =>
  /^[a-zA-Z][\w.-]{0,63}$/.test(name) &&
  (name === 'use_case_id' || !/^(?:.*_id|event|project|group)$/.test(name));

// One line's end in a value would be another measurement.
const legalValue = (value: unknown): string =>
  String(value)
    .slice(0, 200)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
