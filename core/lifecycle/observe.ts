import { asError } from '../errors/as-error.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { Instance, Runner } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';

/** An instance with the runner that knows it. */
export interface Found {
  runner: Runner;
  instance: Instance;
}

/** Everything of the project that the runners can see; throws where one of them sees nothing. */
export async function observe(kernel: Kernel, runners: readonly Runner[]): Promise<Found[]> {
  const { found, unseen } = await observeReachable(kernel, runners);
  const [first] = unseen;
  if (first) throw first.error;
  return found;
}

/**
 * What can be seen, and which kinds cannot: an engine that is away is no reason to leave this machine's
 * processes alone. Throws where nothing can be seen.
 */
export async function observeReachable(
  { project, signal }: Kernel,
  runners: readonly Runner[],
): Promise<{ found: Found[]; unseen: { kind: string; error: DevServicesError }[] }> {
  const looks = await Promise.allSettled(runners.map((runner) => runner.observe(project, signal)));
  signal.throwIfAborted();
  const found: Found[] = [];
  const unseen: { kind: string; error: DevServicesError }[] = [];
  for (const [index, look] of looks.entries()) {
    const runner = runners[index] as Runner;
    if (look.status === 'rejected') unseen.push({ kind: runner.kind, error: asError(look.reason) });
    else found.push(...look.value.instances.map((instance) => ({ runner, instance })));
  }
  const [first] = unseen;
  if (first && found.length === 0) throw first.error;
  return { found, unseen };
}
