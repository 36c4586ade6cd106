import type * as z from 'zod';
import type { $ZodType } from 'zod/v4/core';
import { providerOfField } from '../errors/catalogue/shipped-plugins.ts';
import { closestName, didYouMean } from '../suggestion.ts';
import {
  defOf,
  describeSchema,
  describeSchemas,
  keysAt,
  notesOf,
  schemasAt,
  unwrap,
  wordsAt,
} from './describe-schema.ts';

/** One thing wrong at a path, in a whole sentence. */
export interface Finding {
  path: readonly string[];
  text: string;
}

interface Checked {
  schema: $ZodType;
  /** What was checked. */
  value: unknown;
  /** Where it stands. */
  at: readonly string[];
}

type Issue = z.core.$ZodIssue;

/** The findings of a schema's issues: what was expected, what was found, what was meant. */
export function findingsOf(issues: readonly Issue[], checked: Checked): Finding[] {
  return issues
    .flatMap((issue) => flatten(issue, []))
    .flatMap(([issue, path]) => findingsAt(issue, path, checked));
}

/** What a value is, for a message: never a secret's value, no password of a URL, nothing long. */
export function describeValue(value: unknown, path: readonly PropertyKey[] = []): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) {
    return '$secret' in value ? 'a secret' : 'a record';
  }
  if (typeof value === 'function') return 'a function';
  if (path.includes('$secret')) return `a ${typeof value === 'string' ? 'text' : typeof value}`;
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'string') return `${value as number}`;
  const shown = value.replaceAll(/(:\/\/[^\s/:@]*:)[^\s/@]*@/g, '$1***@');
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 57)}…` : shown);
}

type Placed = [issue: Issue, path: readonly PropertyKey[]];

// Of a union, the option that the value was meant for: the one that found fault only further inside.
function flatten(issue: Issue, before: readonly PropertyKey[]): Placed[] {
  const path = [...before, ...issue.path];
  if (issue.code !== 'invalid_union') return [[issue, path]];
  const meant = issue.errors
    .filter((option) =>
      option.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
    )
    .toSorted((a, b) => a.length - b.length)[0];
  return meant ? meant.flatMap((each) => flatten(each, path)) : [[issue, path]];
}

function findingsAt(issue: Issue, path: readonly PropertyKey[], checked: Checked): Finding[] {
  const { schema, value, at } = checked;
  const whole = [...at, ...path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...whole, key],
      text: `There is no such setting.${provider(whole, key) ?? suggestion(key, known)}`,
    }));
  }
  if (issue.code === 'invalid_key') {
    const type = keyType(schema, path.slice(0, -1));
    return [{ path: whole, text: `Expected its key to be ${type}.` }];
  }
  const found = valueAt(value, path);
  const schemas = schemasAt(schema, path);
  const expected = describeSchemas(schemas);
  const isOwnWords =
    !['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code) &&
    schemas.every((each) => notesOf(each).type === undefined);
  // A schema of a plugin says what its own checks expect.
  if (expected === '' || isOwnWords) return [{ path: whole, text: sentence(issue.message) }];
  const words = typeof found === 'string' ? wordsAt(schema, path) : [];
  const meant = typeof found === 'string' ? didYouMean(found, words) : '';
  const text = `Expected ${expected}, found ${describeValue(found, whole)}.${meant}`;
  return [{ path: whole, text }];
}

// `services.NAME.FIELD` that is there with a plugin of ours.
function provider(at: readonly string[], field: string): string | undefined {
  const isService = at.length === 2 && at[0] === 'services';
  const plugin = isService ? providerOfField(field) : undefined;
  return plugin && ` It comes with ${plugin}: add that to \`plugins\`.`;
}

function suggestion(key: string, known: readonly string[]): string {
  if (closestName(key, known) !== undefined) return didYouMean(key, known);
  return known.length === 0 ? '' : ` There are: ${known.join(', ')}.`;
}

function keyType(schema: $ZodType, path: readonly PropertyKey[]): string {
  for (const each of schemasAt(schema, path)) {
    const { keyType: key } = defOf(unwrap(each));
    if (key) return describeSchema(key);
  }
  return 'another one';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
