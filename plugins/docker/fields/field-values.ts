import { resolveDuration } from 'devservices';
import type { Refuse } from './field-error.ts';

/** The fields that are there. */
export function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}

/** One or several as several. */
export function listOf<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** A record, or `name=value` lines, as a record of texts. */
export function recordOf(
  field: string,
  value: readonly string[] | Readonly<Record<string, string | number>> | undefined,
  refuse: Refuse,
): Readonly<Record<string, string>> {
  const entries = isList(value)
    ? value.map((line) => {
        const [, name, text] = /^([^=]+)=([^]*)$/.exec(line) ?? [];
        // Not shown: what has no name may be all value.
        if (name === undefined) throw refuse(field, 'has a line that is not name=value');
        return [name, text ?? ''];
      })
    : Object.entries(value ?? {}).map(([name, each]) => [name, String(each)]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Milliseconds. */
export function durationOf(field: string, value: string | number, refuse: Refuse): number {
  const ms = resolveDuration(value);
  if (ms === undefined) throw refuse(field, `is ${value}, which is no duration like 10s or 1m30s`);
  return ms;
}

/** Microseconds: a number is of them. */
export function microsOf(
  field: string,
  value: string | number | undefined,
  refuse: Refuse,
): number | undefined {
  if (value === undefined) return undefined;
  return /^\d+$/.test(String(value))
    ? Number(value)
    : Math.round(durationOf(field, value, refuse) * 1000);
}

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
};

/** Bytes of Compose's `64mb`. */
export function bytesOf(
  field: string,
  value: string | number | undefined,
  refuse: Refuse,
): number | undefined {
  if (value === undefined) return undefined;
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(b|[kmg]?)b?$/i.exec(String(value)) ?? [];
  if (amount === undefined) throw refuse(field, `is ${value}, which is no size like 64mb`);
  return Math.round(Number(amount) * (unitBytes[unit.toLowerCase()] ?? 1));
}

/** Permissions: a number as it is, a text as octal digits. */
export function modeOf(value: string | number): number {
  return typeof value === 'number' ? value : Number.parseInt(value.replace(/^0o/, ''), 8);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
