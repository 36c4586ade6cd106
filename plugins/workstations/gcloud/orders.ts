/*
 * gcloud has no command that tells how an operation goes: only the very call that begins one, waiting for
 * its end, says why it came to nothing. So that call goes on in the background once the order was taken,
 * while looks tell how the workstation stands; it is ended as soon as they tell that all is done.
 */

import type { Workstation } from '../contract.ts';
import { gcloudErrors } from './errors.ts';
import { failedCall, lateCall, patienceMs } from './failed-call.ts';
import type { GcloudContext, Outcome } from './gcloud-call.ts';
import { readFailure } from './read-failure.ts';
import { spawnGcloud } from './spawn-gcloud.ts';
import { watchText } from './watch-text.ts';

export type OrderVerb = 'create' | 'start' | 'stop' | 'delete';

export interface Order {
  verb: OrderVerb;
  /** The workstation's path. */
  path: string;
  name: string;
  flags: readonly string[];
  signal: AbortSignal;
}

/** What was asked of workstations and may not have come to its end. */
export interface Orders {
  /** Gives an order, and returns as soon as it was taken or refused. */
  give(order: Order): Promise<Outcome<true>>;
  /** Whether an order of that kind was taken and is not known to have ended. */
  isOpen(path: string, verb: OrderVerb): boolean;
  /**
   * Judges by how a workstation stands now. Throws DS_GCLOUD_OPERATION where its order came to nothing,
   * in the words of the operation, which it may wait for a while.
   */
  judge(path: string, seen: Workstation | undefined, signal: AbortSignal): Promise<void>;
}

interface OpenOrder {
  verb: OrderVerb;
  hasMoved: boolean;
  /** For its last words: once is enough. */
  hasWaited: boolean;
  /** Why it came to nothing; undefined where it did not, or nobody knows. */
  ended: Promise<string | undefined>;
  isEnded: boolean;
  leave(): void;
}

// gcloud asks for an operation's state more and more seldom: after a minute each 20 s.
const lastWordsMs = 30_000;

// It waits only for what was taken.
const taken = /^Waiting for operation \[/m;

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
      const { outcome, pending } = await begin(context, order);
      if (pending) open.set(order.path, pending);
      return outcome;
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

async function begin(
  context: GcloudContext,
  { verb, name, flags, signal }: Order,
): Promise<{ outcome: Outcome<true>; pending?: OpenOrder }> {
  const what = `${verb} the workstation ${name}`;
  const own = new AbortController();
  const run = spawnGcloud(
    context.$,
    ['workstations', verb, name, ...flags],
    AbortSignal.any([signal, own.signal]),
  );
  const stderr = watchText(taken);
  run.follow(stderr.sink);
  const bell = new AbortController();
  const isLate = context.clock.sleep(patienceMs, bell.signal).then(
    () => 'late' as const,
    () => new Promise<never>(() => {}),
  );
  const first = await Promise.race([run.ended, stderr.matched.then(() => 'taken' as const), isLate])
    .catch((thrown: unknown) => {
      signal.throwIfAborted();
      throw thrown;
    })
    .finally(() => bell.abort());
  if (first === 'late') {
    own.abort();
    await run.ended.catch(() => {});
    signal.throwIfAborted();
    return { outcome: lateCall(what) };
  }
  if (first !== 'taken') {
    signal.throwIfAborted();
    if (first.exitCode !== 0 && !taken.test(first.stderr)) {
      return { outcome: failedCall(what, first) };
    }
  }
  const pending: OpenOrder = {
    verb,
    hasMoved: false,
    hasWaited: false,
    isEnded: false,
    leave: () => own.abort(),
    ended: run.ended.then(
      ({ exitCode, stderr: text }) => (exitCode === 0 ? undefined : readOperationError(text)),
      () => undefined,
    ),
  };
  pending.ended.then(
    () => void (pending.isEnded = true),
    () => {},
  );
  return { outcome: { isDone: true, answer: true }, pending };
}

/** What an operation itself says of its end; undefined where it was only not to be asked. */
export function readOperationError(stderr: string): string | undefined {
  const { kind, lines } = readFailure(1, stderr);
  const text = lines.join('\n');
  const isGcloudsOwn = /^gcloud crashed|has not finished in|Aborting wait/.test(text);
  return kind === 'other' && !isGcloudsOwn && /^ERROR: /m.test(stderr) ? text : undefined;
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
