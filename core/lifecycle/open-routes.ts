import type { PlannedService } from '../plan/plan.ts';
import type { Kernel } from './kernel.ts';

/**
 * Has the ports of this machine's processes that a service needs made reachable at the address where it
 * arrives on this machine; asks nobody where it needs none.
 */
export async function openRoutes(
  kernel: Pick<Kernel, 'runner' | 'signal'>,
  { project, service: reader, run, routes }: PlannedService,
): Promise<void> {
  if (routes.length === 0) return;
  const { signal } = kernel;
  const at = await (await kernel.runner(run.kind, reader)).gateway?.(project, signal);
  if (at === undefined) return;
  const open = async ({ service, kind, port }: PlannedService['routes'][number]): Promise<void> =>
    (await kernel.runner(kind, service)).relay?.({ project, service, port, at }, signal);
  await Promise.all(routes.map(open));
}
