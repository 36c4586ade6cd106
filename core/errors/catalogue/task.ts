import { didYouMean } from '../../suggestion.ts';
import { defineErrors, entry } from '../error.ts';

export const taskErrors = defineErrors({
  DS_TASK_UNKNOWN: entry<{ name: string; known: readonly string[]; neededBy?: string }>({
    blame: 'user',
    title: 'A task that does not exist was named',
    message: ({ name, known, neededBy }) =>
      `There is no task "${name}"${neededBy === undefined ? '' : `, which ${neededBy} needs`}.` +
      `${didYouMean(name, known)} There are: ${known.join(', ')}.`,
    hint: () => '`devservices` without a task lists them with what they do.',
  }),
  DS_TASK_COMMAND_UNKNOWN: entry<{
    task: string;
    known: readonly string[];
    given?: string;
    meant?: string;
    neededBy?: string;
  }>({
    blame: 'user',
    title: 'A task has no such command',
    message: ({ task, given, known, meant, neededBy }) =>
      (given === undefined ? `${task} needs a command` : `${task} has no command "${given}"`) +
      `${neededBy === undefined ? '' : `, which ${neededBy} needs`}.` +
      `${meant === undefined ? '' : ` Did you mean "${meant}"?`} There are: ${known.join(', ')}.`,
    hint: ({ task }) => `\`${commandLine(task)} --help\` shows what each does.`,
  }),
  DS_TASK_CYCLE: entry<{ ring: readonly string[] }>({
    blame: 'user',
    title: 'Tasks need one another in a ring',
    message: ({ ring }) => `These tasks wait for one another: ${ring.join(' → ')}.`,
    hint: () => 'Take one of these `needs`, or of the calls of `run`, out.',
  }),
  DS_TASK_INVALID: entry<{ source: string; problem: string }>({
    blame: 'user',
    title: 'A task is not declared as it should be',
    message: ({ source, problem }) => `${source} ${problem}.`,
    hint: () =>
      'Export `defineTask(import.meta, { name, description, run })` by default; the README has one.',
  }),
  DS_TASK_FILE_THREW: entry<{ file: string; reason: string }>({
    blame: 'user',
    title: 'The file of a task could not be loaded',
    message: ({ file, reason }) => `${file} could not be loaded: ${reason}`,
    hint: () => 'Mend the file; --verbose shows where it failed.',
  }),
  DS_TASK_THREW: entry<{ task: string; reason: string }>({
    blame: 'outcome',
    title: 'A task failed',
    message: ({ task, reason }) => `The task ${task} failed: ${reason}`,
    hint: () => '--verbose shows where it failed.',
  }),
  DS_TASK_COMMAND_FAILED: entry<{ task: string; ended: string; exitCode: number }>({
    blame: 'outcome',
    title: 'The command of a task failed',
    message: ({ task, ended }) => `The command of the task ${task} ended with ${ended}.`,
    hint: () => 'What it printed says why.',
  }),
  DS_COMMAND_NOT_FOUND: entry<{ command: string; shellStatus: number }>({
    blame: 'user',
    title: 'A command that does not exist was to be run',
    message: ({ command }) => `There is no command "${command}" on this machine.`,
    hint: () => 'Check its spelling, and that it is installed and in PATH.',
  }),
  DS_COMMAND_NOT_EXECUTABLE: entry<{ command: string; reason: string; shellStatus: number }>({
    blame: 'user',
    title: 'A command cannot be run',
    message: ({ command, reason }) => `The command "${command}" cannot be run: ${reason}.`,
    hint: ({ command }) => `Make ${command} a program that you may run.`,
  }),
  DS_TASK_INTERRUPTED: entry<{ signal: string }>({
    blame: 'outcome',
    title: 'A task was interrupted',
    message: ({ signal }) => `Interrupted by ${signal}.`,
    hint: () => 'What was started is left as it is; run the task again to go on.',
  }),
  DS_TASK_DECLINED: entry<{ task: string }>({
    blame: 'outcome',
    title: 'A question was answered with no',
    message: ({ task }) => `${task} was declined: nothing was changed.`,
    hint: () => 'Run it again and answer "y", or give --yes.',
  }),
  DS_TASK_NEEDS_YES: entry<{ task: string; question: string }>({
    blame: 'user',
    title: 'A question cannot be asked',
    message: ({ task, question }) =>
      `${task} has to ask "${question}", and there is no terminal to ask on.`,
    hint: () => 'Give --yes to go on without being asked.',
  }),
  DS_ARGUMENT_UNKNOWN: entry<{ argument: string; task: string; known: readonly string[] }>({
    blame: 'user',
    title: 'An option that does not exist was given',
    message: ({ argument, task, known }) =>
      `${task} has no option ${argument}.${didYouMean(argument, known)}`,
    hint: ({ task }) => `\`${commandLine(task)} --help\` shows its options.`,
  }),
  DS_ARGUMENT_MISSING: entry<{ argument: string; task: string }>({
    blame: 'user',
    title: 'An argument is missing',
    message: ({ argument, task }) => `${task} needs ${argument}.`,
    hint: ({ task }) => `\`${commandLine(task)} --help\` shows how it is used.`,
  }),
  DS_ARGUMENT_INVALID: entry<{ argument: string; given: string; expected: string }>({
    blame: 'user',
    title: 'An argument has a value that it cannot have',
    message: ({ argument, given, expected }) =>
      `${argument} takes ${expected}, and was given "${given}".`,
    hint: ({ argument, expected }) => `Give ${argument} ${expected}.`,
  }),
  DS_ARGUMENT_CONFLICT: entry<{ argument: string; other: string; reason: string }>({
    blame: 'user',
    title: 'Two options contradict each other',
    message: ({ argument, other, reason }) =>
      `${argument} and ${other} can not be given together: ${reason}.`,
    hint: ({ argument, other }) => `Leave out ${argument} or ${other}.`,
  }),
  DS_ARGUMENT_DASHES: entry<{ task: string; meant: string }>({
    blame: 'user',
    title: 'A command does not stand behind `--`',
    message: ({ task }) => `${task} takes its command behind "--", so that its flags stay its own.`,
    hint: ({ meant }) => `Type \`${meant}\`.`,
  }),
  DS_ARGUMENT_UNEXPECTED: entry<{ given: string; task: string }>({
    blame: 'user',
    title: 'There is one argument too many',
    message: ({ given, task }) => `${task} does not take "${given}".`,
    hint: ({ task }) => `\`${commandLine(task)} --help\` shows what it takes.`,
  }),
});

const commandLine = (task: string): string =>
  task === 'devservices' ? task : `devservices ${task}`;
