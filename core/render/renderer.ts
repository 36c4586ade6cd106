import type { Clock } from '../clock.ts';
import type { DevServicesEvent, TaskFinished } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';

/** Where text goes. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Size of the terminal; 80 by 24 where there is none. */
  readonly columns: number;
  readonly rows: number;
  /** Calls back when the size changes; returns how to stop that. */
  onResize(listener: () => void): () => void;
}

/** How a task ended. */
export interface TaskEnd {
  readonly finished: TaskFinished;
  /** Of a task that answers a question: the answer as a program reads it, and as people do. */
  readonly answer?: { readonly document: unknown; text(style: TextStyle): string };
  /** Of a task that acts: a last line for people. */
  readonly once?: string;
  /** Also shows what took how long. */
  readonly hasTimings: boolean;
}

/** Shows what happens; reads events and nothing else. */
export interface Renderer {
  onEvent(event: DevServicesEvent): void;
  finish(end: TaskEnd): void;
  /** Something else is about to write to the terminal: what is drawn stays, and nothing is drawn over. */
  yieldTerminal(): void;
  /** Leaves the terminal as it was. Safe to call at any time, and twice. */
  close(): void;
}

export interface RenderOptions {
  readonly out: Output;
  readonly err: Output;
  readonly clock: Clock;
  readonly isColoured: { readonly out: boolean; readonly err: boolean };
  readonly isVerbose: boolean;
  /** The task answers a question: stdout has the answer and nothing else. */
  readonly isQuery: boolean;
  /** `out` is stderr too, since stdout is a command's. */
  readonly isOnStderr?: boolean;
  /** The project's `log.format`: lines for people, or an object a line. */
  logFormat(): 'human' | 'json';
}
