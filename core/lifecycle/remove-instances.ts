import { asError } from '../errors/as-error.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { Instance } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';
import type { ServiceEnd } from './service-run.ts';

// Ctrl-C must not keep the mess that it asks to be cleared up.
const patienceMs = 20_000;

/** Stops and removes; gives what went wrong. */
export async function removeAll(
  kernel: Kernel,
  instances: readonly Instance[],
): Promise<DevServicesError[]> {
  if (instances.length === 0) return [];
  const signal = AbortSignal.timeout(patienceMs);
  const removals = instances.map(async (instance) => {
    const runner = await kernel.runnerOf(instance);
    if (instance.status === 'running') await runner.stop(instance, { signal });
    await runner.remove(instance, signal);
  });
  return (await Promise.allSettled(removals)).flatMap((end) =>
    end.status === 'rejected' ? asError(end.reason) : [],
  );
}

/** Created and never started, because of Ctrl-C or a failed dependency: nothing half-made stays behind. */
export async function removeLeftovers(
  kernel: Kernel,
  ends: Iterable<ServiceEnd>,
): Promise<DevServicesError[]> {
  const leftovers: Instance[] = [];
  const asked: Instance[] = [];
  for (const end of ends) {
    if (!('leftover' in end) || !end.leftover) continue;
    (end.wasAsked && kernel.signal.aborted ? asked : leftovers).push(end.leftover);
  }
  return removeAll(kernel, [...leftovers, ...(await keepStarted(kernel, asked))]);
}

// A start request that was cut off may have come through: what runs was started, and stays.
async function keepStarted(kernel: Kernel, asked: readonly Instance[]): Promise<Instance[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const looks = asked.map(async (instance) => {
    const runner = await kernel.runnerOf(instance);
    const { instances } = await runner.observe(kernel.project, signal);
    return instances.filter(({ id, status }) => id === instance.id && status === 'created');
  });
  return (await Promise.allSettled(looks)).flatMap((end) =>
    end.status === 'fulfilled' ? end.value : [],
  );
}
