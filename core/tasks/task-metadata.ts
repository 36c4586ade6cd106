import { basename, extname } from 'node:path';
import type { Action, AnyTaskSpec, Argument } from '../task-spec.ts';
import { type DefaultExport, findDefaultExport } from './find-default-export.ts';
import { computed, isNode, keyOf, nodesOf, readLiteral } from './read-literal.ts';

/** What help and completions know of a command; `null` is what only running the file would tell. */
export interface CommandMetadata {
  readonly description: string | null;
  readonly args: Readonly<Record<string, Argument | null>> | null;
  /** It answers a question: it has a `render`. */
  readonly isQuery: boolean;
  /** Its exit status is that of the command that it runs. */
  readonly passesStatus?: true;
}

/** The same of a task. */
export interface TaskMetadata extends CommandMetadata {
  readonly name: string;
  readonly needs: readonly string[] | null;
  /** Of a task that is made of commands: by their words. */
  readonly commands?: Readonly<Record<string, CommandMetadata>> | null;
}

/**
 * Reads the literals of `defineTask(import.meta, { … })` in a file's text, without running it.
 * Undefined where the file exports no task.
 */
export async function extractTaskMetadata(
  text: string,
  file: string,
): Promise<TaskMetadata | undefined> {
  const name = basename(file, extname(file));
  const found = await findDefaultExport(text);
  if (found === 'unreadable') return text.includes('defineTask') ? unknownTask(name) : undefined;
  if (found === undefined) return undefined;
  const spec = argumentOfCall(found, 'defineTask', 1);
  if (spec === undefined) {
    // What a function of the file's own makes of `defineTask` is known by running it only.
    const isMade = found.expression.type === 'CallExpression';
    return isMade && found.imports.includes('devservices') ? unknownTask(name) : undefined;
  }
  const fields = readLiteral(spec.expression, spec.constants);
  return { ...describe(name, fields), isQuery: hasMember(spec, 'render') };
}

/** Reads the `tasks` record of a TypeScript or JavaScript configuration, without running it. */
export async function extractConfigTasks(text: string): Promise<TaskMetadata[]> {
  const found = await findDefaultExport(text);
  if (found === undefined || found === 'unreadable') return [];
  const config = argumentOfCall(found, 'defineConfig', 0) ?? found;
  return describeConfigTasks(readLiteral(config.expression, config.constants));
}

/** The same of a configuration that is data. */
export function describeConfigTasks(config: unknown): TaskMetadata[] {
  return Object.entries(recordOf(recordOf(config)['tasks'])).flatMap(([name, value]) => {
    if (value === null) return [];
    const fields = typeof value === 'string' ? {} : value;
    const text = typeof value === 'string' ? value : recordOf(value)['command'];
    const described = describe(name, fields);
    const description = described.description || (typeof text === 'string' ? text : null);
    return [{ ...described, name, description, args: inlineArguments, isQuery: false }];
  });
}

/** What help shows of a task that was loaded. */
export function describeTask(spec: AnyTaskSpec): TaskMetadata {
  const { name, description, needs = [], commands } = spec;
  if (commands === undefined) return { name, needs, ...describeAction(spec) };
  const described = mapValues(commands, describeAction);
  return { name, description, needs, args: {}, isQuery: false, commands: described };
}

function describeAction({
  description,
  args = {},
  render,
  passesStatus,
}: Described): CommandMetadata {
  const isQuery = render !== undefined;
  return { description, args, isQuery, ...(passesStatus ? { passesStatus } : {}) };
}

type Described = Pick<Action, 'description' | 'args' | 'render' | 'passesStatus'>;

/** What every small task of a configuration takes. */
export const inlineArguments = {
  arguments: { kind: 'rest', description: 'Given to the command as they are.' },
} as const;

function describe(fallback: string, fields: unknown): TaskMetadata {
  if (fields === computed) return unknownTask(fallback);
  const { name, needs = [], commands } = recordOf(fields);
  const { description, ...action } = readCommand(fields);
  return {
    name: typeof name === 'string' ? name : fallback,
    description,
    needs: isTexts(needs) ? needs : null,
    ...action,
    isQuery: false,
    ...(commands === undefined ? {} : { commands: readCommands(commands) }),
  };
}

function readCommands(commands: unknown): Record<string, CommandMetadata> | null {
  return commands === computed ? null : mapValues(recordOf(commands), readCommand);
}

function readCommand(fields: unknown): CommandMetadata {
  if (fields === computed) return { description: null, args: null, isQuery: false };
  const { description = '', args = {}, passesStatus, render } = recordOf(fields);
  return {
    description: typeof description === 'string' ? description : null,
    args: args === computed ? null : mapValues(recordOf(args), asArgument),
    isQuery: render !== undefined,
    ...(passesStatus === true ? { passesStatus } : {}),
  };
}

const unknownTask = (name: string): TaskMetadata => ({
  name,
  description: null,
  needs: null,
  args: null,
  isQuery: false,
});

function asArgument(value: unknown): Argument | null {
  const fields = recordOf(value);
  const kinds: unknown[] = ['flag', 'option', 'positional', 'rest'];
  const isKnown =
    kinds.includes(fields['kind']) && !Object.values(fields).flat().includes(computed);
  return isKnown ? (fields as unknown as Argument) : null;
}

function argumentOfCall(
  { expression, constants, names, imports }: DefaultExport,
  callee: string,
  index: number,
): DefaultExport | undefined {
  if (expression.type !== 'CallExpression') return undefined;
  const called = expression['callee'];
  if (!isNode(called)) return undefined;
  const isMember = called.type === 'MemberExpression' && isNode(called['property']);
  const name = String(isMember ? (called['property'] as { name?: unknown }).name : called['name']);
  const argument = nodesOf(expression['arguments'])[index];
  if ((names.get(name) ?? name) !== callee || argument === undefined) return undefined;
  const target = argument.type === 'Identifier' && constants.get(String(argument['name']));
  return { expression: target || argument, constants, names, imports };
}

function hasMember({ expression }: DefaultExport, key: string): boolean {
  return nodesOf(expression['properties']).some((member) => keyOf(member) === key);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : {};
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
