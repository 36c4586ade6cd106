import type { CommandTask, Task } from '../tasks/define-task.ts';
import { main } from './main.ts';

/** Runs the command line of this process to its end, and ends the process. */
export async function runProcess({ task }: { task?: Task | CommandTask } = {}): Promise<void> {
  const { argv, env, stdout, stderr } = process;
  const exitCode = await main({
    argv: argv.slice(2),
    env,
    cwd: process.cwd(),
    stdout,
    stderr,
    process,
    task,
    host: { since: performance.timeOrigin },
    exit: (code) => process.exit(code),
  });
  // A pipe may still hold what was written; a connection kept alive must not keep the process.
  await Promise.all([stdout, stderr].map(drain));
  process.exit(exitCode);
}

function drain(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
