import { Readable, Writable } from 'node:stream';
import { type Foreground, runInForeground } from '../command-foreground.ts';
import type { TaskFinished } from '../events.ts';
import type { Host } from '../host.ts';
import { completeArguments } from '../tasks/complete-arguments.ts';
import { conductTask } from './conduct-task.ts';
import { createHostFinder } from './create-host-finder.ts';
import { withNobody } from './unattended.ts';

export interface HeadlessTask {
  /** Its own: closed at the end. */
  host: Host;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** What `--config` names. */
  configFile: string | undefined;
  /** As one would type it: `up`, `options set`. */
  task: string;
  args: Readonly<Record<string, unknown>>;
}

/**
 * Runs a task as a command line does, down to its events in the journal, without one: nothing is
 * printed, and nobody is asked. Gives its last event, and does not throw for what it came to.
 */
export function runHeadless(request: HeadlessTask): Promise<TaskFinished> {
  return withNobody(() => runAlone(request));
}

async function runAlone({ host, task, args, ...place }: HeadlessTask): Promise<TaskFinished> {
  const finder = createHostFinder(host, place);
  // Events tell of a command by the name of its task.
  const [name = task] = task.split(' ');
  try {
    const { finished } = await conductTask({
      host,
      name,
      passesStatus: false,
      find: () => finder.find(task),
      async prepare({ called, task: found }) {
        const given = completeArguments(called, found.args ?? {}, args);
        const isQuery = found.answers?.(given as never) ?? found.render !== undefined;
        const foreground = createNowhere(host, place);
        const engine = { finder, isInteractive: false, onTerminal() {}, foreground };
        return { args: given, isQuery, engine };
      },
    });
    // As everybody reads it: without secrets.
    let told = finished;
    const leave = host.events.subscribe((event) => {
      if (event.event === finished.event) told = event;
    });
    host.events.emit(finished);
    leave();
    return told;
  } finally {
    await host.close();
  }
}

// What a command would print goes nowhere, and there is nothing that it could read.
function createNowhere(host: Host, { cwd, env }: Pick<HeadlessTask, 'cwd' | 'env'>): Foreground {
  const sink = () =>
    new Writable({ write: (_chunk, _encoding, done) => done() }) as unknown as NodeJS.WriteStream;
  const { signal, clock } = host;
  const stdin = Readable.from([]) as unknown as NodeJS.ReadStream;
  const streams = { stdin, stdout: sink(), stderr: sink() };
  const take: Foreground['take'] = () => {
    signal.throwIfAborted();
    return { ...streams, release() {} };
  };
  return {
    cwd,
    env,
    take,
    run(command, given) {
      const place = { cwd, env, ...given };
      return runInForeground(command, { ...place, take, signal, clock, stdin: 'ignore' });
    },
    attach: () => streams,
  };
}
