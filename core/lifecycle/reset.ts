import { taskErrors } from '../errors/catalogue/task.ts';
import type { OwnedData } from '../run/runner.ts';
import { observe, takeDown } from './down.ts';
import type { Kernel } from './kernel.ts';
import type { TaskOutcome } from './up.ts';

/** What a task is about to lose, named before anybody is asked. */
export interface Losses {
  services: readonly string[];
  data: readonly OwnedData[];
}

export interface ResetOptions {
  keepVolumes?: boolean;
  /** Tells what would be lost and does nothing. */
  dryRun?: boolean;
  /** False: nothing is touched, and DS_TASK_DECLINED is thrown. */
  confirm(losses: Losses): Promise<boolean>;
}

/** Removes everything of the project: what runs, its data, and what is remembered of it. */
export async function resetProject(kernel: Kernel, options: ResetOptions): Promise<TaskOutcome> {
  const runners = await kernel.runners();
  const found = await observe(kernel, runners);
  const data = options.keepVolumes
    ? []
    : (await Promise.all(runners.map((runner) => runner.listData(kernel.project, 'all')))).flat();
  const services = [...new Set(found.map(({ instance }) => instance.service))];
  const isAgreed = await options.confirm({ services, data });
  if (options.dryRun) return { services: {}, errors: [] };
  if (!isAgreed) throw taskErrors.create('DS_TASK_DECLINED', { task: 'reset' });
  const outcome = await takeDown(kernel, { data });
  if (outcome.errors.length === 0) kernel.state.forget('all');
  return outcome;
}
