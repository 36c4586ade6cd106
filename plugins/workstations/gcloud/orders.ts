/*
 * gcloud has no command that tells how an operation goes: only the very call that begins one, waiting for
 * its end, says why it came to nothing. So that call goes on in the background once the order was taken,
 * while looks tell how the workstation stands; it is ended as soon as they tell that all is done.
 */

import type { Workstation } from '../contract.ts';
import { beginOrder, type OpenOrder, type Order, type OrderVerb } from './begin-order.ts';
import { gcloudErrors } from './errors.ts';
import type { FailedCall, GcloudContext } from './gcloud-call.ts';

/** What was asked of workstations and may not have come to its end. */
export interface Orders {
  /** Gives an order, and returns as soon as it was taken: undefined, or why it was not. */
  give(order: Order): Promise<FailedCall | undefined>;
  /** Whether an order of that kind was taken and is not known to have ended. */
  isOpen(path: string, verb: OrderVerb): boolean;
  /**
   * Judges by how a workstation stands now. Throws DS_GCLOUD_OPERATION where its order came to nothing,
   * in the words of the operation, which it may wait for a while.
   */
  judge(path: string, seen: Workstation | undefined, signal: AbortSignal): Promise<void>;
}

// gcloud asks for an operation's state more and more seldom: after a minute each 20 s.
const lastWordsMs = 30_000;

export function createOrders(context: GcloudContext): Orders {
  const open = new Map<string, OpenOrder>();
  context.defer?.(async () => {
    const orders = [...open.values()];
    for (const order of orders) order.leave();
    await Promise.all(orders.map(({ ended }) => ended));
  });

  const leave = (path: string): void => {
    open.get(path)?.leave();
    open.delete(path);
  };

  return {
    async give(order) {
      leave(order.path);
      const outcome = await beginOrder(context, order);
      if (!outcome.isDone) return outcome;
      open.set(order.path, outcome.answer);
      return undefined;
    },
    isOpen: (path, verb) => open.get(path)?.verb === verb && open.get(path)?.isEnded === false,
    async judge(path, seen, signal) {
      const order = open.get(path);
      if (order === undefined) return;
      const { verb } = order;
      order.hasMoved ||= seen !== undefined && seen.state !== before[verb];
      if (isReached(verb, seen)) return leave(path);
      const mayWait = isComeToNothing(order, seen) && !order.hasWaited;
      order.hasWaited ||= mayWait;
      const reason = await lastWords(order, mayWait ? lastWordsMs : 0, { ...context, signal });
      if (order.isEnded) open.delete(path);
      if (reason === undefined) return;
      const name = path.split('/').at(-1) ?? path;
      throw gcloudErrors.create('DS_GCLOUD_OPERATION', { verb, name, lines: reason.split('\n') });
    },
  };
}

const before = { create: undefined, start: 'stopped', stop: 'running', delete: undefined } as const;

function isReached(verb: OrderVerb, seen: Workstation | undefined): boolean {
  if (seen === undefined) return verb !== 'create';
  if (verb === 'create') return seen.state === 'running';
  return (
    (verb === 'start' && seen.state === 'running') || (verb === 'stop' && seen.state === 'stopped')
  );
}

function isComeToNothing({ verb, hasMoved }: OpenOrder, seen: Workstation | undefined): boolean {
  if (verb === 'create') return seen === undefined;
  return hasMoved && seen !== undefined && seen.state === before[verb];
}

async function lastWords(
  order: OpenOrder,
  ms: number,
  { clock, signal }: Pick<GcloudContext, 'clock'> & { signal: AbortSignal },
): Promise<string | undefined> {
  if (order.isEnded) return order.ended;
  if (ms === 0) return undefined;
  const bell = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, bell.signal])).catch(() => undefined);
  const reason = await Promise.race([order.ended, late]).finally(() => bell.abort());
  signal.throwIfAborted();
  return reason ?? undefined;
}
