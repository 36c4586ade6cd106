import { reasonOf } from '../errors/as-error.ts';
import type { ReportedError } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { plainLine } from './text-width.ts';

/** An error as people read it: what happened and why, what to do next, and its permanent name. */
export function renderError(
  { message, hint, code }: Pick<ReportedError, 'message' | 'hint' | 'code'>,
  style: TextStyle,
): string {
  const [first = '', ...rest] = message.split('\n').map(plainLine);
  return [
    `${style.red('✘')} ${style.bold(first)}`,
    ...rest.map((line) => `  ${line}`),
    `  ${style.cyan('→')} ${plainLine(hint)} ${style.dim(code)}`,
  ].join('\n');
}

/** Where an error came from: stacks of it and of every cause, for --verbose. */
export function describeCauses(error: Error): string {
  const stacks: string[] = [];
  const seen = new Set<unknown>();
  for (let at: unknown = error; at !== undefined && !seen.has(at);) {
    seen.add(at);
    stacks.push(at instanceof Error ? (at.stack ?? at.message) : reasonOf(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return stacks.join('\nCaused by: ');
}
