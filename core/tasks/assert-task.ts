import { taskErrors } from '../errors/catalogue/task.ts';
import type { AnyTaskSpec, ArgumentSpec } from '../task-spec.ts';
import { flagOf } from './flag-of.ts';

/** Flags that belong to every task. */
export const reservedFlags: ReadonlySet<string> = new Set(
  ['config', 'project', 'engine', 'set', 'json', 'quiet', 'verbose', 'color', 'no-color']
    .concat('telemetry', 'no-telemetry', 'help', 'version')
    .map((name) => `--${name}`),
);

/** Throws DS_TASK_INVALID, saying what is wrong, unless a spec can be a task. */
export function assertTaskSpec(spec: AnyTaskSpec, source: string): void {
  const problem = problemOf(spec);
  if (problem !== undefined) throw taskErrors.create('DS_TASK_INVALID', { source, problem });
}

function problemOf(spec: AnyTaskSpec): string | undefined {
  const { name, description, needs } = spec;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9:_-]*$/.test(name)) {
    return `has the name "${name}", which is not kebab-case`;
  }
  if (typeof description !== 'string') return `gives the task ${name} no description`;
  if (needs !== undefined && !isTexts(needs))
    return `needs of the task ${name} is not a list of names`;
  if (spec.commands === undefined) return problemOfAction(name, spec);
  // One that was written without types may have both.
  const { run, args, commands }: Loose = spec;
  if (run !== undefined) return `gives the task ${name} both run and commands`;
  if (args !== undefined) return `gives the task ${name} args; each of its commands has its own`;
  return problemOfCommands(name, commands);
}

type Loose = { run?: unknown; args?: unknown; commands: unknown };

function problemOfCommands(task: string, commands: unknown): string | undefined {
  if (typeof commands !== 'object' || commands === null || Object.keys(commands).length === 0) {
    return `gives the task ${task} no command in commands`;
  }
  for (const [words, command] of Object.entries(commands as Record<string, unknown>)) {
    if (!/^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*$/.test(words)) {
      return `gives the task ${task} the command "${words}", which is not kebab-case words with single spaces`;
    }
    if (typeof command !== 'object' || command === null) {
      return `gives the task ${task} a command ${words} that is no object`;
    }
    const { description, run, args } = command as { [key: string]: unknown };
    if (typeof description !== 'string') return `gives the task ${task} ${words} no description`;
    const problem = problemOfAction(`${task} ${words}`, {
      run,
      args: args as ArgumentSpec | undefined,
    });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfAction(
  name: string,
  { run, args = {} }: { run: unknown; args?: ArgumentSpec | undefined },
): string | undefined {
  if (typeof run !== 'function') return `gives the task ${name} no run function`;
  const entries = Object.entries(args);
  const badKey = entries.find(([key]) => !/^[a-z][a-zA-Z0-9]*$/.test(key))?.[0];
  if (badKey !== undefined) return `has the argument "${badKey}", which is not camelCase`;
  const reserved = entries.find(
    ([key, { kind }]) => (kind === 'flag' || kind === 'option') && reservedFlags.has(flagOf(key)),
  )?.[0];
  if (reserved !== undefined) return `has the argument ${reserved}, which every task has already`;
  const positionals = entries.filter(([, { kind }]) => kind === 'positional');
  const early = positionals
    .slice(0, -1)
    .find(([, argument]) => 'many' in argument && argument.many);
  if (early) return `has the argument ${early[0]}, which takes all that follows, before another`;
  if (entries.filter(([, { kind }]) => kind === 'rest').length > 1) return 'has two rest arguments';
  return undefined;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
