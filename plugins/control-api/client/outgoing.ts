import type { Acting } from '../app/call.ts';
import type { Method } from '../route-spec.ts';

/** One call, ready to be sent. */
export interface Outgoing {
  readonly method: Method;
  /** Path and query, below `/api/0`. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly acting: Acting;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}
