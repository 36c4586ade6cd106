import { AsyncLocalStorage } from 'node:async_hooks';

// How deep: 1 in the sending of something, 2 in the sending of what was captured in there.
const sending = new AsyncLocalStorage<number>();

/** Whether this code runs, across any awaits, because something is being sent. */
export function isSending(): boolean {
  return sendingDepth() > 0;
}

/** 0 outside of any sending. */
export function sendingDepth(): number {
  return sending.getStore() ?? 0;
}

/** Runs `work`, with all that it sets going, as the sending of something captured at `depth`. */
export function asSending<T>(depth: number, work: () => T): T {
  return sending.run(depth + 1, work);
}
