import { taskErrors } from '../errors/catalogue/task.ts';
import type { ImageProgress } from '../events.ts';
import type { Runner } from '../run/runner.ts';
import type { ChosenRun } from './choose-runs.ts';
import type { PlanContext, PlanOptions } from './plan-context.ts';
import type { PlannedService } from './plan.ts';

/** Throws DS_ARGUMENT_CONFLICT where registries are to be asked and must not be. */
export function assertRefreshable({ update, offline, pull }: PlanOptions): void {
  if (!update || (!offline && pull !== 'never')) return;
  const other = offline ? '--offline' : '--pull never';
  const reason = 'the one asks the registries, which the other forbids';
  throw taskErrors.create('DS_ARGUMENT_CONFLICT', { argument: '--update', other, reason });
}

/**
 * Makes the images of the plan's services anew, by `--build` and `--update`; without them only where
 * the run's own `pullPolicy` is to build. Whether anything may have changed: then what is there has to
 * be looked at again.
 */
export async function refreshImages(
  { events, log, signal }: Pick<PlanContext, 'events' | 'log' | 'signal'>,
  plan: {
    services: Readonly<Record<string, PlannedService>>;
    chosen: Readonly<Record<string, ChosenRun>>;
    options: PlanOptions;
  },
): Promise<boolean> {
  const { build = false, update = false, dryRun: isDry = false } = plan.options;
  const groups = new Map<Runner, PlannedService[]>();
  for (const planned of Object.values(plan.services)) {
    if (!build && !update && planned.run['pullPolicy'] !== 'build') continue;
    const runner = plan.chosen[planned.service]?.runner;
    if (runner) groups.set(runner, [...(groups.get(runner) ?? []), planned]);
  }
  if (groups.size === 0) return false;
  const onProgress = (progress: ImageProgress) =>
    events.emit({ event: 'image-progress', ...progress });
  const refreshing = [...groups].map(async ([runner, targets]) =>
    runner.refresh?.(targets, { build: build || !update, update, isDry, signal, log, onProgress }),
  );
  await Promise.all(refreshing);
  return !isDry;
}
