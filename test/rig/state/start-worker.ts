import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { StateWork } from './state-worker.ts';

/** Another process that works on the same state. */
export interface Worker {
  pid: number;
  /** One piece of work at a time. */
  ask<Name extends keyof StateWork>(
    name: Name,
    input: Parameters<StateWork[Name]>[0],
  ): ReturnType<StateWork[Name]>;
  /** Ends it by SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export async function startWorker(): Promise<Worker> {
  const child = fork(fileURLToPath(new URL('state-worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const exited = once(child, 'exit');
  await nextAnswer(child);
  return {
    pid: child.pid ?? 0,
    ask(name, input) {
      const answer = nextAnswer(child);
      child.send({ name, input });
      return answer as ReturnType<StateWork[typeof name]>;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function nextAnswer(child: ChildProcess): Promise<unknown> {
  const exit = new AbortController();
  child.once('exit', () => exit.abort(new Error('the worker ended')));
  const answer = await once(child, 'message', { signal: exit.signal });
  const { output, error } = answer[0] as { output?: unknown; error?: string };
  if (error !== undefined) throw new Error(error);
  return output;
}
