import type { Kernel } from './kernel.ts';
import { type RemoveOptions, removeServices } from './remove-services.ts';
import type { TaskOutcome } from './up.ts';

export type ResetOptions = Omit<RemoveOptions, 'services'>;

/** Removes everything of the project: what runs, its data, and what is remembered of it. */
export async function resetProject(kernel: Kernel, options: ResetOptions): Promise<TaskOutcome> {
  const outcome = await removeServices(kernel, 'reset', options);
  if (!options.dryRun && outcome.errors.length === 0) kernel.state.forget('all');
  return outcome;
}
