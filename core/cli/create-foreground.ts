import type { Foreground, ForegroundStreams } from '../command-foreground.ts';
import { runInForeground } from '../command-foreground.ts';
import type { Clock } from '../clock.ts';
import type { ProcessWatcher } from './watch-process.ts';

export interface ForegroundOptions {
  /** Made when it is read: a stdin that nobody reads from is best left alone. */
  stdin(): NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  watcher: Pick<ProcessWatcher, 'takeSignals'>;
  signal: AbortSignal;
  clock: Clock;
  /** The command is about to have the terminal. */
  onTerminal(): void;
}

/** The caller's streams and signals, to be lent to one command at a time. */
export function createForeground(options: ForegroundOptions): Foreground {
  const { stdin, stdout, stderr, watcher, signal, clock } = options;
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
    run: (command, given) => runInForeground(command, { ...given, take, signal, clock }),
  };
}
