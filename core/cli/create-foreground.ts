import { spawnSync } from 'node:child_process';
import type { Foreground, ForegroundStreams } from '../command-foreground.ts';
import { runInForeground } from '../command-foreground.ts';
import type { Clock } from '../clock.ts';
import type { ProcessEvents, ProcessWatcher } from './watch-process.ts';

export interface ForegroundOptions extends Pick<Foreground, 'cwd' | 'env'> {
  /** Made when it is read: a stdin that nobody reads from is best left alone. */
  stdin(): NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  process: ProcessEvents;
  watcher: Pick<ProcessWatcher, 'takeSignals'>;
  signal: AbortSignal;
  clock: Clock;
  /** The command is about to have the terminal. */
  onTerminal(): void;
}

/** The caller's streams and signals, to be lent to one command at a time. */
export function createForeground(options: ForegroundOptions): Foreground {
  const { stdin, stdout, stderr, cwd, env, watcher, signal, clock } = options;
  const take: Foreground['take'] = (onSignal): ForegroundStreams => {
    signal.throwIfAborted();
    options.onTerminal();
    const release = watcher.takeSignals(onSignal);
    return {
      get stdin() {
        return stdin();
      },
      stdout,
      stderr,
      release,
    };
  };
  return {
    take,
    cwd,
    env,
    run: (command, given) => runInForeground(command, { cwd, env, ...given, take, signal, clock }),
    attach({ noTerminal }) {
      const keys = stdin();
      const hasTerminal = !noTerminal && keys.isTTY && stdout.isTTY;
      return {
        stdin: keys,
        stdout,
        stderr,
        ...(hasTerminal ? { terminal: sizeOf(stdout) } : {}),
        onSignal(listener, { keepsTerminal = false } = {}) {
          const { release } = take(listener);
          const restore =
            hasTerminal && !keepsTerminal ? passKeys(keys, options.process) : () => {};
          return () => {
            restore();
            release();
          };
        },
      };
    },
  };
}

/** Every key goes to the command as it is typed, Ctrl-C too; undone at the process's end at the latest. */
function passKeys(stdin: NodeJS.ReadStream, events: ProcessEvents): () => void {
  const restore = () => {
    events.off('exit', restore);
    stdin.setRawMode(false);
  };
  events.on('exit', restore);
  stdin.setRawMode(true);
  // Node leaves on what makes a line feed more than one: the command's own terminal did that already.
  // Where there is no stty, lines end as they would without.
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  return restore;
}

const sizeOf = (stdout: NodeJS.WriteStream) => ({
  get columns() {
    return stdout.columns || 80;
  },
  get rows() {
    return stdout.rows || 24;
  },
  onResize(listener: () => void) {
    stdout.on('resize', listener);
    return () => void stdout.off('resize', listener);
  },
});
