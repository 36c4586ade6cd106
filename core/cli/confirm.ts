import { taskErrors } from '../errors/catalogue/task.ts';
import { isUnattended } from './unattended.ts';

export interface Question {
  /** Who asks, for errors. */
  task: string;
  question: string;
  /** `--yes`: agreed without being asked. */
  isAgreed?: boolean;
  signal?: AbortSignal;
  input?: NodeJS.ReadStream;
  output?: NodeJS.WriteStream;
}

/**
 * Asks a question on the terminal that only `y` or `yes` agrees to. Throws DS_TASK_NEEDS_YES where
 * there is no terminal to ask on.
 *
 * @example if (!(await confirm({ task: 'reset', question: 'Remove all of it?' }))) return;
 */
export async function confirm(options: Question): Promise<boolean> {
  const { task, question, input = process.stdin, output = process.stderr, signal } = options;
  if (options.isAgreed === true) return true;
  if (isUnattended() || !input.isTTY || !output.isTTY) {
    throw taskErrors.create('DS_TASK_NEEDS_YES', { task, question });
  }
  const { createInterface } = process.getBuiltinModule('node:readline/promises');
  // Not in raw mode: Ctrl-C stays a signal for the whole task.
  const lines = createInterface({ input, output, terminal: false });
  try {
    // At the end of input nobody has agreed.
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const asked = lines.question(`${question} [y/N] `, signal ? { signal } : {});
    return /^y(es)?$/i.test((await Promise.race([asked, ended])).trim());
  } finally {
    lines.close();
  }
}
