import { basename } from 'node:path';
import { shownOf } from '../tasks/complete-arguments.ts';
import type { ListedTask } from '../tasks/discover-tasks.ts';
import { flagOf } from '../tasks/flag-of.ts';
import type { TaskMetadata } from '../tasks/task-metadata.ts';
import type { Argument, TextStyle } from '../task-spec.ts';
import { globalFlags } from './parse-globals.ts';

/** All tasks with what they do, as `devservices` without a task shows them. */
export function listingText(
  tasks: Iterable<ListedTask>,
  { version, style }: { version: string; style: TextStyle },
): string {
  const rows = [...tasks].map(({ name, description, origin, source }) => [
    `  ${style.cyan(name)}`,
    [
      description ?? style.dim('(told by its code)'),
      ...(origin === 'built-in' ? [] : [style.dim(`(${basename(source)})`)]),
    ].join(' '),
  ]);
  return [
    `${style.bold('devservices')} ${version}`,
    '',
    `Usage: devservices TASK [arguments], or tsx tasks/TASK.ts [arguments]`,
    '',
    style.bold('Tasks'),
    style.table(rows),
    '',
    style.bold('Flags of every task'),
    style.table(globalRows(style)),
    '',
    'devservices TASK --help shows what a task takes.',
    '',
  ].join('\n');
}

/** How one task is used. */
export function taskHelpText(task: TaskMetadata, style: TextStyle): string {
  const { name, description, needs, args } = task;
  const entries = Object.entries(args ?? {});
  const plain = entries.flatMap(([key, argument]) =>
    argument?.kind === 'positional' || argument?.kind === 'rest' ? [shownOf(key, argument)] : [],
  );
  const usage = ['devservices', name, ...plain, '[flags]'].join(' ');
  return [
    description === null ? style.bold(name) : `${style.bold(name)}: ${description}`,
    '',
    `Usage: ${usage}`,
    ...(needs === null || needs.length > 0
      ? ['', `Runs first: ${needs?.join(', ') ?? '(told by its code)'}`]
      : []),
    ...(args === null ? ['', 'Which arguments it takes is told by its code only.'] : []),
    ...(entries.length > 0
      ? [
          '',
          style.bold('Arguments'),
          style.table(entries.map((entry) => argumentRow(entry, style))),
        ]
      : []),
    '',
    style.bold('Flags of every task'),
    style.table(globalRows(style)),
    ...(task.passesStatus ? ['', style.bold('Exit status'), passedStatusText] : []),
    '',
  ].join('\n');
}

const passedStatusText =
  "  The command's own; 125 for a failure before it ran, 126 and 127 as shells have them.";

function argumentRow([key, argument]: [string, Argument | null], style: TextStyle): string[] {
  if (argument === null) return [`  ${style.cyan(flagOf(key))}`, style.dim('(told by its code)')];
  const isRepeatable = argument.kind === 'option' && argument.many;
  return [
    `  ${style.cyan(shownOf(key, argument))}`,
    `${argument.description}${isRepeatable ? ' (repeatable)' : ''}`,
  ];
}

function globalRows(style: TextStyle): string[][] {
  return Object.entries(globalFlags).map(([key, flag]) => {
    const value = 'value' in flag ? ` ${flag.value}` : '';
    return [`  ${style.cyan(flagOf(key))}${value}`, flag.description];
  });
}
