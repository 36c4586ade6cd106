import { basename } from 'node:path';
import { shownOf } from '../tasks/complete-arguments.ts';
import type { ListedTask } from '../tasks/discover-tasks.ts';
import { flagOf } from '../tasks/flag-of.ts';
import type { TaskMetadata } from '../tasks/task-metadata.ts';
import type { Argument, TextStyle } from '../task-spec.ts';
import { widthOf, wrapWords } from '../render/text-width.ts';
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
    describedTable(rows, style),
    '',
    style.bold('Flags of every task'),
    describedTable(globalRows(style), style),
    '',
    'devservices TASK --help shows what a task takes.',
    '',
  ].join('\n');
}

/** How one task is used. */
export function taskHelpText(task: TaskMetadata, style: TextStyle): string {
  const { name, needs, args, commands } = task;
  const entries = Object.entries(args ?? {});
  const shown = (kind: Argument['kind']) =>
    entries.flatMap(([key, argument]) => (argument?.kind === kind ? [shownOf(key, argument)] : []));
  // Flags behind the dashes would be the command's.
  const needed = [...shown('positional'), ...requiredOptions(entries)];
  const usage =
    commands === undefined
      ? ['devservices', name, ...needed, '[flags]', ...shown('rest')].join(' ')
      : `devservices ${name} COMMAND [arguments]`;
  return [
    ...headingLines(task, style),
    '',
    `Usage: ${usage}`,
    ...(needs === null || needs.length > 0
      ? ['', `Runs first: ${needs?.join(', ') ?? '(told by its code)'}`]
      : []),
    ...(commands === undefined ? [] : commandLines(name, commands, style)),
    ...(args === null ? ['', 'Which arguments it takes is told by its code only.'] : []),
    ...(entries.length > 0
      ? [
          '',
          style.bold('Arguments'),
          describedTable(
            entries.map((entry) => argumentRow(entry, style)),
            style,
          ),
        ]
      : []),
    '',
    style.bold('Flags of every task'),
    describedTable(globalRows(style), style),
    ...(task.passesStatus
      ? ['', style.bold('Exit status'), describedTable([['', passedStatusText]], style)]
      : []),
    '',
  ].join('\n');
}

function headingLines({ name, description }: TaskMetadata, style: TextStyle): string[] {
  if (description === null) return [style.bold(name)];
  const [first = '', ...more] = wrapWords(`${name}: ${description}`, style.columns - 1);
  return [first.replace(name, style.bold(name)), ...more];
}

function requiredOptions(entries: readonly [string, Argument | null][]): string[] {
  return entries.flatMap(([key, argument]) =>
    argument?.kind === 'option' && argument.required ? [shownOf(key, argument)] : [],
  );
}

function commandLines(
  task: string,
  commands: NonNullable<TaskMetadata['commands']> | null,
  style: TextStyle,
): string[] {
  if (commands === null) return ['', 'Which commands it has is told by its code only.'];
  const rows = Object.entries(commands).map(([words, { description }]) => [
    `  ${style.cyan(words)}`,
    description ?? style.dim('(told by its code)'),
  ]);
  return [
    '',
    style.bold('Commands'),
    describedTable(rows, style),
    '',
    `devservices ${task} COMMAND --help shows what a command takes.`,
  ];
}

const passedStatusText = "The command's own; 125 for a failure of ours, 126 and 127 as in shells.";

/** Names in one column, what they mean in another that is broken between words. */
function describedTable(rows: readonly (readonly string[])[], style: TextStyle): string {
  const names = Math.max(0, ...rows.map(([name = '']) => widthOf(name)));
  return style.table(
    rows.flatMap(([name = '', text = '']) =>
      // Two columns between the two, and the last one left free.
      wrapWords(text, style.columns - names - 3).map((line, index) => [
        index > 0 ? '' : name,
        line,
      ]),
    ),
  );
}

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
