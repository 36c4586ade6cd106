import type { PlannedService } from '../plan/plan.ts';
import type { Kernel } from './kernel.ts';

/** Has each runner of a plan look after what it left alone, before anything moves. */
export async function tendRunners(
  kernel: Kernel,
  services: readonly PlannedService[],
): Promise<void> {
  const byKind = new Map(services.map((planned) => [planned.run.kind, planned]));
  const tending = [...byKind.values()].map(async ({ run, service }) => {
    const runner = await kernel.runner(run.kind, service);
    await runner.tend?.(kernel.project, kernel.signal);
  });
  await Promise.all(tending);
}
