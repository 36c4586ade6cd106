import { asError } from '../errors/as-error.ts';
import type { InstanceStats } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';
import { type Found, observeReachable } from './observe.ts';
import { tellUnseen } from './tell-unseen.ts';

/** What one instance of a service used at one moment. */
export interface ServiceStats extends InstanceStats {
  service: string;
  /** Another id is another instance: its counters begin anew. */
  id: string;
  /** The run's key: `docker`. */
  runner: string;
  /** ISO time. */
  at: string;
}

// By host, what could not be had and was said: whoever asks every second is not told every second.
const told = new WeakMap<Kernel, Set<string>>();

/** Of all that runs and whose runner can tell, at once; whose figures cannot be had is left out and said once. */
export async function readStats(kernel: Kernel): Promise<readonly ServiceStats[]> {
  kernel.state.reload();
  const { found, unseen } = await observeReachable(kernel, await kernel.runners());
  tellUnseen(kernel, unseen);
  const running = found.filter(({ instance }) => instance.status === 'running');
  const read = await Promise.all(running.map((one) => readOne(kernel, one)));
  kernel.signal.throwIfAborted();
  return read.flat();
}

async function readOne(kernel: Kernel, { runner, instance }: Found): Promise<ServiceStats[]> {
  const { service, id, runKey } = instance;
  try {
    const stats = await runner.stats?.(instance, kernel.signal);
    if (!stats) return [];
    const at = new Date(kernel.clock.now()).toISOString();
    return [{ service, id, runner: runKey, at, ...stats }];
  } catch (thrown) {
    const said = told.get(kernel) ?? new Set();
    told.set(kernel, said);
    if (!said.has(id) && !kernel.signal.aborted) {
      kernel.log.warn(`What ${service} uses is not known: ${asError(thrown).message}`);
    }
    said.add(id);
    return [];
  }
}
