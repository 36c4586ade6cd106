import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const tasks = join(import.meta.dirname, '../../tasks');
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Words that run a task from a shell's script: `"$NODE" --import "$TSX" "$TASKS/exec.ts" redis -- ls`. */
export const taskVariables = { NODE: process.execPath, TSX: tsx, TASKS: tasks };

/** A process under way, that a test talks with. */
export interface LiveProcess {
  /** Resolves when stdout and stderr together hold that text. */
  said(text: string): Promise<void>;
  write(text: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
}

/** A task under way, its input left open. */
export function startTask(
  name: string,
  args: readonly string[],
  place: { cwd: string; env: NodeJS.ProcessEnv },
): LiveProcess {
  const command = ['--import', tsx, join(tasks, `${name}.ts`), ...args];
  // Of no terminal, wherever the tests are run from.
  return watch(spawn(process.execPath, command, { ...place, detached: true }));
}

/** A shell's script on a terminal of its own, of 33 rows by 101 columns. */
export function startOnTerminal(
  script: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): LiveProcess {
  // The trap: a Ctrl-C is for the commands, and each `sh` takes its own end from one differently.
  const sized = `trap : INT; stty rows 33 cols 101; ${script}`;
  const given = { ...env, ...taskVariables, TERM: 'xterm', SHELL: '/bin/sh' };
  return watch(spawn('script', ['-qec', sized, '/dev/null'], { cwd, env: given }));
}

function watch(child: ChildProcess): LiveProcess {
  const texts = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended: LiveProcess['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...texts }));
  });
  return {
    ended,
    write: (text) => void child.stdin?.write(text),
    kill: (signal) => void child.kill(signal),
    async said(text) {
      const there = new Promise<void>((resolve) => {
        const look = () => {
          if (!(texts.stdout + texts.stderr).includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
      const over = ended.then(() =>
        Promise.reject(new Error(`it ended: ${JSON.stringify(texts)}`)),
      );
      await Promise.race([there, over]);
    },
  };
}
