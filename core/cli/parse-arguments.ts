import { parseArgs } from 'node:util';
import { taskErrors } from '../errors/catalogue/task.ts';
import { completeArguments } from '../tasks/complete-arguments.ts';
import { flagOf } from '../tasks/flag-of.ts';
import type { Argument, ArgumentSpec } from '../task-spec.ts';
import { placeDashes } from './place-dashes.ts';

type Valued = Extract<Argument, { kind: 'flag' | 'option' }>;

/**
 * Parses what a command line has for one task. Throws DS_ARGUMENT_UNKNOWN, DS_ARGUMENT_MISSING,
 * DS_ARGUMENT_INVALID and DS_ARGUMENT_UNEXPECTED, each naming the argument; DS_ARGUMENT_DASHES.
 */
export async function parseArguments(
  task: string,
  spec: ArgumentSpec,
  argv: readonly string[],
): Promise<Record<string, unknown>> {
  const meant = placeDashes(task, spec, argv);
  if (meant !== undefined) throw taskErrors.create('DS_ARGUMENT_DASHES', { task, meant });
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const after = end < 0 ? [] : argv.slice(end + 1);
  const given: Record<string, unknown> = {};
  const operands = own.length === 0 ? [] : parseOptions(task, spec, own, given);
  const rest = Object.entries(spec).find(([, { kind }]) => kind === 'rest');
  if (rest) given[rest[0]] = after;
  else operands.push(...after);
  assignPositionals(task, spec, operands, given);
  return completeArguments(task, spec, given);
}

function parseOptions(
  task: string,
  spec: ArgumentSpec,
  argv: readonly string[],
  given: Record<string, unknown>,
): string[] {
  const options = new Map(
    Object.entries(spec)
      .filter((entry): entry is [string, Valued] => ['flag', 'option'].includes(entry[1].kind))
      .map(([key, argument]) => [flagOf(key), { key, argument }]),
  );
  const known = [...options.keys()];
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      [...options].map(([flag, { argument }]) => [
        flag.slice('--'.length),
        { type: argument.kind === 'flag' ? 'boolean' : 'string' },
      ]),
    ),
    // Its own errors name one thing where ours name what there is.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const { key, argument } = options.get(token.rawName) ?? {};
    if (
      key === undefined ||
      argument === undefined ||
      (argument.kind === 'flag' && token.inlineValue)
    ) {
      const shown = mayRepeat(spec) ? (argv[token.index] ?? token.rawName) : 'of that name';
      throw unknownOption(task, shown, known);
    }
    const { value } = token;
    if (argument.kind === 'flag') given[key] = true;
    else if (value === undefined || known.includes(value)) throw missing(task, key, spec);
    else if (argument.many) given[key] = [...((given[key] as string[]) ?? []), value];
    else given[key] = value;
  }
  return operands;
}

function assignPositionals(
  task: string,
  spec: ArgumentSpec,
  operands: readonly string[],
  given: Record<string, unknown>,
): void {
  const left = [...operands];
  for (const [key, argument] of Object.entries(spec)) {
    if (argument.kind !== 'positional' || left.length === 0) continue;
    given[key] = argument.many ? left.splice(0) : left.shift();
  }
  if (left[0] !== undefined) {
    const shown = mayRepeat(spec) ? left[0] : '…';
    throw taskErrors.create('DS_ARGUMENT_UNEXPECTED', { given: shown, task });
  }
}

// A secret with a blank in it, for one, is two words where it was not quoted.
function mayRepeat(spec: ArgumentSpec): boolean {
  return !Object.values(spec).some((one) => one.kind === 'positional' && one.secret);
}

function unknownOption(task: string, argument: string, known: readonly string[]): Error {
  const [flag = '', value] = argument.split(/=(.*)/s);
  if (value !== undefined && known.includes(flag)) {
    return taskErrors.create('DS_ARGUMENT_INVALID', {
      argument: flag,
      given: value,
      expected: 'no value',
    });
  }
  return taskErrors.create('DS_ARGUMENT_UNKNOWN', { argument, task, known });
}

function missing(task: string, key: string, spec: ArgumentSpec): Error {
  const argument = spec[key];
  const value = argument?.kind === 'option' ? argument.value : key.toUpperCase();
  return taskErrors.create('DS_ARGUMENT_MISSING', {
    argument: `a value for ${flagOf(key)} (${value})`,
    task,
  });
}
