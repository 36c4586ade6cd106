import { constants } from 'node:os';
import type { InlineTask } from '../config/config.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import type { Task } from './define-task.ts';
import { inlineArguments } from './task-metadata.ts';

/** A task of the configuration's `tasks`: its command, run by the shell as it stands there. */
export function createInlineTask(name: string, inline: InlineTask, source: string): Task {
  const { command, description = command, needs = [] } = inline;
  return {
    name,
    description,
    needs,
    args: inlineArguments,
    source,
    async run({ $, args }) {
      const extra = args['arguments'] as readonly string[];
      // The command is code of the repo and not a value, so it is the template's own text.
      const pieces = extra.length === 0 ? [command] : [`${command} `, ''];
      const template = Object.assign(pieces, { raw: pieces });
      const { exitCode, signal } = await $({ nothrow: true })(
        template,
        ...(extra.length === 0 ? [] : [extra]),
      );
      if (exitCode === 0) return;
      const number = signal === null ? undefined : constants.signals[signal];
      throw taskErrors.create('DS_TASK_COMMAND_FAILED', {
        task: name,
        ended: signal === null ? `exit code ${exitCode}` : signal,
        exitCode: number === undefined ? (exitCode ?? 1) : 128 + number,
      });
    },
  };
}
