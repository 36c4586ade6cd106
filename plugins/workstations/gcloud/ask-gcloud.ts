import { formatDuration } from 'devservices/machine';
import { failedCall, garbledCall, lateCall } from './failed-call.ts';
import type { GcloudCall, GcloudContext, Outcome } from './gcloud-call.ts';
import { type GcloudOutput, spawnGcloud } from './spawn-gcloud.ts';

// gcloud itself repeats for half a minute what a server's fault or the network spoils.
const patienceMs = 60_000;

/**
 * One call of gcloud that ends by itself, its JSON read by `read`, which gives undefined for what it does
 * not understand. Throws the signal's reason alone.
 */
export async function askGcloud<Answer>(
  context: GcloudContext,
  call: GcloudCall,
  read: (answer: unknown) => Answer | undefined,
): Promise<Outcome<Answer>> {
  const { timeoutMs = patienceMs, what } = call;
  const output = await runWithin(context, call, timeoutMs);
  if (output === 'late') return lateCall(what, formatDuration(timeoutMs));
  const { exitCode, stdout, stderr, signal } = output;
  if (exitCode !== 0) return failedCall(what, { exitCode, stderr, signal });
  if (stderr.trim() !== '') context.log.debug(`gcloud: ${stderr.trim()}`);
  const json = parse(stdout);
  const answer = json === undefined ? undefined : read(json.value);
  return answer === undefined ? garbledCall(what, stdout) : { isDone: true, answer };
}

async function runWithin(
  { $, clock }: GcloudContext,
  { words, signal }: GcloudCall,
  timeoutMs: number,
): Promise<GcloudOutput | 'late'> {
  const late = new AbortController();
  const bell = new AbortController();
  clock.sleep(timeoutMs, bell.signal).then(
    () => late.abort(),
    () => {},
  );
  try {
    const output = await spawnGcloud($, words, AbortSignal.any([signal, late.signal])).ended;
    signal.throwIfAborted();
    return late.signal.aborted ? 'late' : output;
  } catch (thrown) {
    signal.throwIfAborted();
    if (late.signal.aborted) return 'late';
    throw thrown;
  } finally {
    bell.abort();
  }
}

// Wrapped: `null` is an answer too.
function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
