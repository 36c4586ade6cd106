import { basename, extname } from 'node:path';
import type { Argument, TaskSpec } from '../task-spec.ts';
import { type DefaultExport, findDefaultExport } from './find-default-export.ts';
import { computed, isNode, keyOf, nodesOf, readLiteral } from './read-literal.ts';

/** What help and completions know of a task; `null` is what only running the file would tell. */
export interface TaskMetadata {
  readonly name: string;
  readonly description: string | null;
  readonly needs: readonly string[] | null;
  readonly args: Readonly<Record<string, Argument | null>> | null;
  /** It answers a question: it has a `render`. */
  readonly isQuery: boolean;
  /** Its exit status is that of the command that it runs. */
  readonly passesStatus?: true;
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
export function describeTask(spec: TaskSpec): TaskMetadata {
  const { name, description, needs = [], args = {}, passesStatus } = spec;
  const isQuery = spec.render !== undefined;
  return { name, description, needs, args, isQuery, ...(passesStatus ? { passesStatus } : {}) };
}

/** What every small task of a configuration takes. */
export const inlineArguments = {
  arguments: { kind: 'rest', description: 'Given to the command as they are.' },
} as const;

function describe(fallback: string, fields: unknown): TaskMetadata {
  if (fields === computed) return unknownTask(fallback);
  const { name, description = '', needs = [], args = {}, passesStatus } = recordOf(fields);
  return {
    name: typeof name === 'string' ? name : fallback,
    description: typeof description === 'string' ? description : null,
    needs: isTexts(needs) ? needs : null,
    args: args === computed ? null : mapValues(recordOf(args), asArgument),
    isQuery: false,
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

function mapValues<T>(
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
