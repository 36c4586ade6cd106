import { taskErrors } from '../errors/catalogue/task.ts';
import { closestName } from '../suggestion.ts';
import type { CommandTask, Task } from './define-task.ts';

/** What the leading words of a command line come to. */
export interface CommandChoice {
  /** The longest command that they name, if they name one. */
  readonly command?: string;
  /** What several commands begin with, as far as the words do; none: ''. */
  readonly group: string;
  /** What stands behind the command, or behind the group. */
  readonly rest: readonly string[];
}

/** Looks which of these commands a command line names; what stands behind a flag or `--` names none. */
export function matchCommand(known: readonly string[], line: readonly string[]): CommandChoice {
  const lead = leadingWords(line);
  const prefixes = lead.map((_, index) => lead.slice(0, index + 1).join(' '));
  const command = prefixes.findLast((prefix) => known.includes(prefix));
  const group = prefixes.findLast((prefix) => isGroup(known, prefix)) ?? '';
  const used = wordsOf(command ?? group).length;
  return { ...(command === undefined ? {} : { command }), group, rest: line.slice(used) };
}

/** The error of a line that names no command of the task. */
export function unknownCommand(
  task: string,
  known: readonly string[],
  { line, neededBy }: { line: readonly string[]; neededBy?: string | undefined },
): Error {
  const { command, group } = matchCommand(known, line);
  const prefix = group === '' ? '' : `${group} `;
  const below = known.filter((name) => name.startsWith(prefix));
  const lead = leadingWords(line.slice(wordsOf(group).length));
  // Code may name more words than a command has.
  const given = command === undefined ? lead[0] : line.join(' ');
  const meant = closestCommand(
    below.map((name) => name.slice(prefix.length)),
    lead,
  );
  return taskErrors.create('DS_TASK_COMMAND_UNKNOWN', {
    task: group === '' ? task : `${task} ${group}`,
    known: below,
    ...(given === undefined ? {} : { given }),
    ...(meant === undefined ? {} : { meant: `${prefix}${meant}` }),
    ...(neededBy === undefined ? {} : { neededBy }),
  });
}

/** What would be run, as far as the line tells; undefined where it names no command. */
export function likelyTask(task: Task | CommandTask, line: readonly string[]): Task | undefined {
  if (task.commands === undefined) return task;
  const { command } = matchCommand(Object.keys(task.commands), line);
  return command === undefined ? undefined : taskOfCommand(task, command);
}

/** A command as a task of its own: it keeps the task's name, by which events tell of it. */
export function taskOfCommand(task: CommandTask, words: string): Task {
  const { name, needs, permissions, source } = task;
  const command = task.commands[words] as CommandTask['commands'][string];
  return {
    ...command,
    name,
    source,
    ...(needs === undefined ? {} : { needs }),
    ...(permissions === undefined ? {} : { permissions }),
  };
}

const isGroup = (known: readonly string[], words: string): boolean =>
  known.some((name) => name.startsWith(`${words} `));

const wordsOf = (name: string): string[] => (name === '' ? [] : name.split(' '));

// A text with a space in it is a value: no word of a command has one.
function leadingWords(line: readonly string[]): readonly string[] {
  const end = line.findIndex((word) => word === '' || /^-|\s/.test(word));
  return end < 0 ? line : line.slice(0, end);
}

// `user add` is nearer to `users add` than `user` is to anything.
function closestCommand(known: readonly string[], lead: readonly string[]): string | undefined {
  const groups = known.flatMap((name) => {
    const words = name.split(' ');
    return words.slice(0, -1).map((_, index) => words.slice(0, index + 1).join(' '));
  });
  const candidates = new Set([...known, ...groups]);
  for (let count = lead.length; count > 0; count--) {
    const found = closestName(lead.slice(0, count).join(' '), candidates);
    if (found !== undefined) return found;
  }
  return undefined;
}
