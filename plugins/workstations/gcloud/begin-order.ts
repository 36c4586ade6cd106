import { failedCall, lateCall, patienceMs } from './failed-call.ts';
import type { GcloudContext, Outcome } from './gcloud-call.ts';
import { readFailure } from './read-failure.ts';
import { type GcloudOutput, type GcloudRun, spawnGcloud } from './spawn-gcloud.ts';
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

export interface OpenOrder {
  verb: OrderVerb;
  hasMoved: boolean;
  /** For its last words: once is enough. */
  hasWaited: boolean;
  /** Why it came to nothing; undefined where it did not, or nobody knows. */
  ended: Promise<string | undefined>;
  isEnded: boolean;
  leave(): void;
}

// It waits only for what was taken.
const taken = /^Waiting for operation \[/m;

/** Gives an order, and returns as soon as it was taken, refused, or nobody can tell. */
export async function beginOrder(
  context: GcloudContext,
  { verb, name, flags, signal }: Order,
): Promise<Outcome<OpenOrder>> {
  const what = `${verb} the workstation ${name}`;
  const own = new AbortController();
  const words = ['workstations', verb, name, ...flags];
  const run = spawnGcloud(context.$, words, AbortSignal.any([signal, own.signal]));
  const sign = await firstSign(context, run, signal);
  if (sign === 'late') {
    own.abort();
    await run.ended.catch(() => {});
  }
  signal.throwIfAborted();
  if (sign === 'late') return lateCall(what);
  const isRefused = sign !== 'taken' && sign.exitCode !== 0 && !taken.test(sign.stderr);
  if (isRefused) return failedCall(what, sign);
  const order: OpenOrder = {
    verb,
    hasMoved: false,
    hasWaited: false,
    isEnded: false,
    leave: () => own.abort(),
    ended: reasonOfEnd(run).finally(() => (order.isEnded = true)),
  };
  return { isDone: true, answer: order };
}

async function firstSign(
  { clock }: GcloudContext,
  run: GcloudRun,
  signal: AbortSignal,
): Promise<GcloudOutput | 'taken' | 'late'> {
  const { sink, matched } = watchText(taken);
  run.follow(sink);
  const bell = new AbortController();
  const late = clock.sleep(patienceMs, bell.signal).then(
    () => 'late' as const,
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([run.ended, matched.then(() => 'taken' as const), late]);
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    bell.abort();
  }
}

async function reasonOfEnd(run: GcloudRun): Promise<string | undefined> {
  // Ended by us before it was there.
  const output = await run.ended.catch(() => undefined);
  return output === undefined || output.exitCode === 0
    ? undefined
    : readOperationError(output.stderr);
}

/** What an operation itself says of its end; undefined where it was only not to be asked. */
export function readOperationError(stderr: string): string | undefined {
  const { kind, lines } = readFailure(1, stderr);
  const text = lines.join('\n');
  const isGcloudsOwn = /^gcloud crashed|has not finished in|Aborting wait/.test(text);
  return kind === 'other' && !isGcloudsOwn && /^ERROR: /m.test(stderr) ? text : undefined;
}
