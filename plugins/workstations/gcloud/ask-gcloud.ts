import { failedCall, garbledCall, lateCall, patienceMs } from './failed-call.ts';
import type { GcloudCall, GcloudContext, Outcome } from './gcloud-call.ts';
import { type GcloudOutput, spawnGcloud } from './spawn-gcloud.ts';

/**
 * One call of gcloud that ends by itself, its JSON read by `read`, which gives undefined for what it does
 * not understand. Throws the signal's reason alone.
 */
export async function askGcloud<Answer>(
  context: GcloudContext,
  call: GcloudCall,
  read: (answer: unknown) => Answer | undefined,
): Promise<Outcome<Answer>> {
  const { what } = call;
  const output = await runWithin(context, call);
  if (output === 'late') return lateCall(what);
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
): Promise<GcloudOutput | 'late'> {
  const late = new AbortController();
  const bell = new AbortController();
  clock.sleep(patienceMs, bell.signal).then(
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
