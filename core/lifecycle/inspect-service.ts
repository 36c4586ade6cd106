import type { Checkout } from '../identity/checkout.ts';
import type { InspectedService } from '../plugin/plugin.ts';
import type { Run } from '../run/run.ts';
import type { Kernel } from './kernel.ts';
import { runsOfService } from './list-runs.ts';
import { resolveExports } from './resolve-exports.ts';
import { readStatus } from './status.ts';

/**
 * How one service is just now, and what it exports for processes of this machine. Asks only runners
 * that could run it. Throws DS_SERVICE_UNKNOWN, and what keeps a runner from seeing.
 */
export async function inspectService(
  { kernel, checkout }: { kernel: Kernel; checkout: Checkout },
  service: string,
): Promise<InspectedService> {
  const runs: Readonly<Record<string, Run>> = runsOfService(kernel, service);
  kernel.state.reload();
  const pinned = runs[kernel.state.pins[service] ?? ''];
  const kinds = new Set((pinned ? [pinned] : Object.values(runs)).map(({ kind }) => kind));
  const asked = Promise.all([...kinds].map((kind) => kernel.runner(kind, service)));
  const { services } = await readStatus({ ...kernel, runners: () => asked });
  const exports = await resolveExports({ kernel, checkout }, [service]);
  return { state: services[service]?.state ?? 'stopped', exports };
}
