import type { ResolvedConfig } from '../config/config.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanOptions } from '../plan/plan-context.ts';
import type { Kernel } from './kernel.ts';

/**
 * What an `up` would decide just now: nothing is waited for, remembered or written, and what a runner
 * needs is not started. Plugins' `beforeUp` may amend a real one.
 */
export function previewUp(
  kernel: Kernel & { config: ResolvedConfig },
  options: PlanOptions,
): Promise<Plan> {
  kernel.state.reload();
  const { state } = kernel;
  return makePlan(
    {
      ...kernel,
      state: { ...state, leasePorts: state.previewPorts },
      onFirstChoice: () => {},
      awaken: undefined,
    },
    { ...options, dryRun: true },
  );
}
