import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { createRequire } from 'node:module';
import type * as Zx from 'zx/core';
import type { Options, ProcessPromise } from 'zx/core';
import { assertDeclaredCommand, assertDeclaredOptions, guardPipe } from './command-guard.ts';
import { type Clock, systemClock } from './clock.ts';
import { isDevServicesError } from './errors/error.ts';

/** zx's options, but for the synchronous ones: what services export is not known synchronously. */
export interface CommandOptions extends Partial<
  Omit<Options, 'sync' | 'spawn' | 'spawnSync' | 'signal' | 'ac'>
> {
  /** false: without what the services export, so that nothing is configured or initialized for it. */
  exports?: false;
  /** When it aborts, this command's whole process group is ended, as by an interruption. */
  signal?: AbortSignal;
}

/** A zx shell: `` await $`psql ${url}` ``. Values are quoted, never pasted. */
export interface CommandShell {
  (pieces: TemplateStringsArray, ...values: unknown[]): ProcessPromise;
  (options: CommandOptions): CommandShell;
}

export interface ShellContext {
  /** Names of the commands that may run, or all. */
  allowed: readonly string[] | 'all';
  /** Who runs them, for messages: `the task seed`. */
  who: string;
  cwd: string;
  /** What is added to this process's environment, asked for at each command. */
  env(): Promise<Readonly<Record<string, string>>>;
  /** When it aborts, the command's whole process group is ended. */
  signal: AbortSignal;
  clock?: Clock;
  /** Called before a command gets the terminal itself (`stdio: 'inherit'`). */
  onTerminal?(): void;
}

// Between the signal and SIGKILL, as Compose has it.
const graceMs = 10_000;

/** A shell of that context. zx is loaded at the first command: it is not free. */
export function createShell(context: ShellContext, options: CommandOptions = {}): CommandShell {
  const shell = (first: TemplateStringsArray | CommandOptions, ...values: unknown[]): unknown => {
    if (isTemplate(first)) return runCommand(context, options, first, values);
    if (context.allowed !== 'all') assertDeclaredOptions(first, context);
    return createShell(context, { ...options, ...first });
  };
  return shell as CommandShell;
}

function runCommand(
  context: ShellContext,
  options: CommandOptions,
  pieces: TemplateStringsArray,
  values: readonly unknown[],
): ProcessPromise {
  if (context.allowed !== 'all') assertDeclaredCommand(pieces, context);
  const { env: given = process.env, exports, signal: own, ...rest } = options;
  const signal = own === undefined ? context.signal : AbortSignal.any([context.signal, own]);
  if ([options.stdio].flat().includes('inherit')) context.onTerminal?.();
  const env: NodeJS.ProcessEnv = { ...given };
  let onSpawn = (): void => {};
  const isSpawned = new Promise<void>((resolve) => (onSpawn = resolve));
  const shell = loadZx().$({
    cwd: context.cwd,
    detached: process.platform !== 'win32',
    quiet: true,
    ...rest,
    env,
    spawn: ((file: string, args: readonly string[], spawnOptions: SpawnOptions) => {
      const child = spawn(file, args, spawnOptions);
      // Who ends without having read its input has closed it: that is no failure of ours.
      child.stdin?.on('error', () => {});
      stopOnAbort(child, { ...context, signal, ownGroup: spawnOptions.detached === true });
      onSpawn();
      return child;
    }) as typeof spawn,
  });
  // zx waits for values that are promises: this one adds nothing to the command, but the environment.
  const asked = exports === false ? Promise.resolve({}) : context.env();
  const environmentIsThere = asked.then((exported) => {
    signal.throwIfAborted();
    Object.assign(env, exported, options.env === undefined ? {} : given);
    return [];
  });
  const command = [...pieces, ''];
  const raw = Object.assign(command, { raw: command });
  const started = iterateOnceSpawned(shell(raw, ...values, environmentIsThere), isSpawned);
  return context.allowed === 'all' ? started : guardPipe(started, createShell(context), context);
}

// zx iterates over what has been spawned when it is asked, which here is later.
function iterateOnceSpawned(started: ProcessPromise, isSpawned: Promise<void>): ProcessPromise {
  const lines = started[Symbol.asyncIterator].bind(started) as () => AsyncGenerator<string>;
  return Object.defineProperty(started, Symbol.asyncIterator, {
    async *value() {
      await Promise.race([isSpawned, started]);
      yield* lines();
    },
  });
}

function stopOnAbort(
  child: ChildProcess,
  { signal, ownGroup, clock = systemClock }: ShellContext & { ownGroup: boolean },
): void {
  const gone = new AbortController();
  const send = (name: NodeJS.Signals) => {
    try {
      if (ownGroup && child.pid !== undefined) process.kill(-child.pid, name);
      else child.kill(name);
    } catch {
      // It ended in between.
    }
  };
  const stop = () => {
    const name = signalNameOf(signal.reason);
    // A terminal sends Ctrl-C to its whole foreground group: a child in ours has it already.
    if (ownGroup || name !== 'SIGINT') send(name);
    clock.sleep(graceMs, gone.signal).then(
      () => send('SIGKILL'),
      () => {},
    );
  };
  signal.addEventListener('abort', stop, { once: true, signal: gone.signal });
  // The command is over, but not what it left behind in its group: a shell's jobs do not hear Ctrl-C.
  child.once('exit', () => {
    if (signal.aborted && ownGroup) send('SIGTERM');
  });
  child.once('close', () => gone.abort());
  if (signal.aborted) stop();
}

function signalNameOf(reason: unknown): NodeJS.Signals {
  return isDevServicesError(reason) && reason.facts['signal'] === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
}

function isTemplate(first: TemplateStringsArray | CommandOptions): first is TemplateStringsArray {
  return Array.isArray(first);
}

// A template has to give its promise at once, so zx cannot be imported asynchronously.
function loadZx(): typeof Zx {
  zx ??= createRequire(import.meta.url)('zx/core') as typeof Zx;
  return zx;
}

let zx: typeof Zx | undefined;
