import { taskErrors } from '../errors/catalogue/task.ts';
import type { Argument, ArgumentSpec } from '../task-spec.ts';
import { flagOf } from './flag-of.ts';

/**
 * Checks values by key and fills in what was not given: `false` for a flag, `[]` for what may be
 * repeated. A number may be a text. Throws DS_ARGUMENT_UNKNOWN, DS_ARGUMENT_MISSING,
 * DS_ARGUMENT_CONFLICT and DS_ARGUMENT_INVALID.
 */
export function completeArguments(
  task: string,
  spec: ArgumentSpec,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = Object.keys(spec);
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(spec, key));
  if (unknown !== undefined) {
    throw taskErrors.create('DS_ARGUMENT_UNKNOWN', { argument: unknown, task, known });
  }
  assertNoOpposites(spec, given);
  return Object.fromEntries(
    Object.entries(spec).map(([key, argument]) => [
      key,
      completeOne(argument, { task, shown: shownOf(key, argument), value: given[key] }),
    ]),
  );
}

/** How an argument is shown to people: `--exclude NAME`, `[services…]`, `SERVICE`. */
export function shownOf(key: string, argument: Argument): string {
  switch (argument.kind) {
    case 'flag':
      return flagOf(key);
    case 'option':
      return `${flagOf(key)} ${argument.choices?.join('|') ?? argument.value}`;
    case 'rest':
      return argument.required ? '-- COMMAND…' : `[-- ${key}…]`;
    case 'positional': {
      const name = argument.many ? `${key}…` : key;
      return argument.required ? name.toUpperCase() : `[${name}]`;
    }
  }
}

function assertNoOpposites(spec: ArgumentSpec, given: Readonly<Record<string, unknown>>): void {
  for (const [key, argument] of Object.entries(spec)) {
    if (argument.kind !== 'flag' || argument.opposite === undefined) continue;
    if (given[key] !== true || given[argument.opposite] !== true) continue;
    const facts = { argument: flagOf(argument.opposite), other: flagOf(key) };
    const reason = 'one says the opposite of the other';
    throw taskErrors.create('DS_ARGUMENT_CONFLICT', { ...facts, reason });
  }
}

interface Given {
  readonly task: string;
  readonly shown: string;
  readonly value: unknown;
}

function completeOne(argument: Argument, given: Given): unknown {
  const { value, shown, task } = given;
  if (argument.kind === 'flag') {
    return value === undefined || typeof value === 'boolean'
      ? value === true
      : wrong(given, 'no value');
  }
  const isMany = argument.kind === 'rest' || argument.many === true;
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
  if (isEmpty && 'required' in argument && argument.required) {
    throw taskErrors.create('DS_ARGUMENT_MISSING', { argument: shown, task });
  }
  if (!isMany) return value === undefined ? undefined : checkValue(argument, given);
  if (value === undefined) return [];
  if (!Array.isArray(value)) return wrong(given, 'a list');
  return value.map((item: unknown) => checkValue(argument, { ...given, value: item }));
}

function checkValue(argument: Argument, given: Given): unknown {
  const { value } = given;
  if (argument.kind === 'option' && argument.number) {
    const isNumber = typeof value === 'number' || /^\d+(\.\d+)?$/.test(String(value));
    const number = Number(value);
    return isNumber && Number.isFinite(number) && number >= 0 ? number : wrong(given, 'a number');
  }
  if (typeof value !== 'string') return wrong(given, 'a text');
  if (argument.kind === 'option' && argument.choices && !argument.choices.includes(value)) {
    return wrong(given, argument.choices.join(', ').replace(/, ([^,]*)$/, ' or $1'));
  }
  return value;
}

function wrong({ shown, value }: Given, expected: string): never {
  const [argument = shown] = shown.split(' ');
  const given = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  throw taskErrors.create('DS_ARGUMENT_INVALID', { argument, given, expected });
}
