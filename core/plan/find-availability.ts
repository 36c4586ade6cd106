import type { Run } from '../run/run.ts';
import type { Availability, RunContext, Runner } from '../run/runner.ts';

export interface AvailabilityContext extends Pick<RunContext, 'project' | 'root'> {
  signal: AbortSignal;
  /** Looks whether a runner that is needed is there, and may start what it needs. */
  awaken?: ((runner: Runner) => Promise<Availability>) | undefined;
}

/**
 * Whether a run can be had here: its runner is there, and has nothing against this very run.
 * `awakens`: what the runner needs may be started.
 */
export async function findAvailability(
  { project, root, signal, awaken }: AvailabilityContext,
  {
    service,
    chosen,
    awakens,
  }: { service: string; chosen: { run: Run; runner: Runner }; awakens: boolean },
): Promise<Availability> {
  const { runner, run } = chosen;
  const found = await (awakens && awaken ? awaken(runner) : runner.available(signal));
  if (!found.available || !runner.canRun) return found;
  return runner.canRun(run, { service, project, root }, signal);
}
