import { taskErrors } from '../errors/catalogue/task.ts';

/** The part of `process` that a run listens to. */
export type ProcessEvents = Pick<
  NodeJS.EventEmitter,
  'on' | 'off' | 'listeners' | 'removeAllListeners'
>;

export interface ProcessWatch {
  /** Ctrl-C, SIGTERM: an orderly end; from the second on `onSecondSignal` with the exit status. */
  onInterrupt(reason: Error): void;
  onSecondSignal(exitCode: number): void;
  /** A process warning that people should see, each text once. */
  onWarning(text: string): void;
  /** What nobody caught. */
  onUncaught(thrown: unknown): void;
  isVerbose: boolean;
}

export interface ProcessWatcher {
  /** From now on signals come here instead, those that end a terminal's work too; returns how to stop. */
  takeSignals(listener: (signal: NodeJS.Signals) => void): () => void;
  stop(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
// Without a command that hears them they end the process, as they should.
const takenToo = ['SIGHUP', 'SIGQUIT'] as const;

/** Listens to signals, warnings and what nobody catches. */
export function watchProcess(events: ProcessEvents, watch: ProcessWatch): ProcessWatcher {
  let isInterrupted = false;
  let taker: ((signal: NodeJS.Signals) => void) | undefined;
  const onSignal = (signal: keyof typeof exitCodes) => () => {
    if (taker) return taker(signal);
    if (isInterrupted) return watch.onSecondSignal(exitCodes[signal]);
    isInterrupted = true;
    watch.onInterrupt(taskErrors.create('DS_TASK_INTERRUPTED', { signal }));
  };
  const told = new Set<string>();
  const onWarning = (warning: Error & { code?: string }): void => {
    if (told.has(warning.message) || !(watch.isVerbose || isForPeople(warning))) return;
    told.add(warning.message);
    watch.onWarning(warning.message);
  };
  const listeners = {
    SIGINT: onSignal('SIGINT'),
    SIGTERM: onSignal('SIGTERM'),
    warning: onWarning,
    uncaughtException: watch.onUncaught,
  };
  // Node's own listener would print every warning, with advice about its flags.
  const replaced = events.listeners('warning') as (() => void)[];
  events.removeAllListeners('warning');
  for (const [name, listener] of Object.entries(listeners)) events.on(name, listener);
  return {
    takeSignals(listener) {
      taker = listener;
      const others = takenToo.map((name) => [name, () => listener(name)] as const);
      for (const [name, own] of others) events.on(name, own);
      return () => {
        if (taker === listener) taker = undefined;
        for (const [name, own] of others) events.off(name, own);
      };
    },
    stop() {
      for (const [name, listener] of Object.entries(listeners)) events.off(name, listener);
      for (const listener of replaced) events.on('warning', listener);
    },
  };
}

// What Node says of its own features, and what packages say to one another, is for authors.
function isForPeople({ name, code = '' }: Error & { code?: string }): boolean {
  return code.startsWith('DS_') || !['ExperimentalWarning', 'DeprecationWarning'].includes(name);
}
