import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { type Clock, systemClock } from './clock.ts';
import { reasonOf } from './errors/as-error.ts';
import { taskErrors } from './errors/catalogue/task.ts';
import type { AttachedCommand } from './run/attached-command.ts';

/** The streams of whoever called, while a command has them. */
export interface ForegroundStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Gives streams and signals back; doing so again does nothing. */
  release(): void;
}

/** What a task that runs a command for its caller gives that command. */
export interface Foreground {
  /**
   * Nothing of ours is drawn from now on, and SIGINT, SIGTERM, SIGHUP and SIGQUIT come to `onSignal`
   * instead of ending the task. Throws the interruption where there was one already.
   */
  take(onSignal: (signal: NodeJS.Signals) => void): ForegroundStreams;
  /**
   * Runs a program of this machine there, without a shell; gives its exit status as shells do (128 + n
   * for a signal). Throws DS_COMMAND_NOT_FOUND (127) and DS_COMMAND_NOT_EXECUTABLE (126).
   */
  run(command: readonly string[], options?: ForegroundCommand): Promise<number>;
  /** The caller's folder and variables. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * The same for a command that a runner runs: streams, signals, and where stdin and stdout are one,
   * the terminal, which is the command's, keys and all, from when it runs until it ends.
   */
  attach(options: {
    noTerminal: boolean;
  }): Pick<AttachedCommand, 'stdin' | 'stdout' | 'stderr' | 'terminal' | 'onSignal'>;
}

export interface ForegroundCommand {
  /** Default: the caller's own. */
  cwd?: string;
  /** Instead of the caller's own. */
  env?: Readonly<Record<string, string | undefined>>;
  /** As whom it runs; default: who runs us. */
  user?: { readonly uid: number; readonly gid: number };
  /** Told its pid as soon as it runs. */
  onStart?(pid: number): void;
}

// Between the signal and SIGKILL, as Compose has it.
const graceMs = 10_000;

/** Runs a program on the caller's streams; `signal` is what ends it when the task itself cannot go on. */
export function runInForeground(
  [command = '', ...args]: readonly string[],
  options: ForegroundCommand &
    Required<Pick<ForegroundCommand, 'cwd' | 'env'>> & {
      take: Foreground['take'];
      signal: AbortSignal;
      clock?: Clock;
      /** `ignore`: it has nothing to read. Default: this process's own. */
      stdin?: 'inherit' | 'ignore';
    },
): Promise<number> {
  const { cwd, env, user, take, signal, clock = systemClock, stdin = 'inherit' } = options;
  return new Promise((resolve, reject) => {
    let signalsSent = 0;
    let child: ChildProcess | undefined;
    const send = (name: NodeJS.Signals) => void child?.kill(name);
    const streams = take((name) => {
      // A terminal sends its keys' signals to the command too: it would hear them twice.
      if (name !== 'SIGTERM' && hasTerminal()) return;
      signalsSent += 1;
      send(signalsSent === 1 ? name : 'SIGKILL');
    });
    const gone = new AbortController();
    const end = () => {
      gone.abort();
      streams.release();
    };
    const output = [streams.stdout, streams.stderr];
    try {
      child = spawn(command, args, {
        cwd,
        env: { ...env },
        ...(user && { uid: user.uid, gid: user.gid }),
        stdio: [stdin, ...output.map((stream) => fdOf(stream) ?? ('pipe' as const))],
      });
    } catch (thrown) {
      // What is no name, or too long, is refused at once.
      end();
      return reject(startError(command, thrown as NodeJS.ErrnoException));
    }
    [child.stdout, child.stderr].forEach((from, index) => {
      from?.pipe(output[index] as NodeJS.WriteStream, { end: false });
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const stop = () => {
      send('SIGTERM');
      clock.sleep(graceMs, gone.signal).then(
        () => send('SIGKILL'),
        () => {},
      );
    };
    signal.addEventListener('abort', stop, { once: true, signal: gone.signal });
    child.once('error', (thrown: NodeJS.ErrnoException) => {
      end();
      reject(startError(command, thrown));
    });
    child.once('close', (code, name) => {
      end();
      resolve(code ?? 128 + (name === null ? 0 : constants.signals[name]));
    });
  });
}

function startError(command: string, thrown: NodeJS.ErrnoException): Error {
  if (command === '' || thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') {
    return taskErrors.create('DS_COMMAND_NOT_FOUND', { command, shellStatus: 127 }, thrown);
  }
  const reason = thrown.code === 'EACCES' ? 'it is not executable' : reasonOf(thrown);
  const facts = { command, reason, shellStatus: 126 };
  return taskErrors.create('DS_COMMAND_NOT_EXECUTABLE', facts, thrown);
}

const hasTerminal = (): boolean => [0, 1, 2].some((fd) => isatty(fd));

// A stream that is no file of this process has to be written to by us.
const fdOf = (stream: object): number | undefined =>
  'fd' in stream && typeof stream.fd === 'number' ? stream.fd : undefined;
