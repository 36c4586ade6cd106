import type { ResolvedConfig } from '../config/config.ts';
import type { PassedOver } from '../plan/choose-runs.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { PlanOptions } from '../plan/plan-context.ts';
import type { Kernel } from './kernel.ts';
import { inPhase } from './phase.ts';
import { selectRestarted } from './select-restarted.ts';
import { createUp, type Up, type UpOptions } from './up.ts';

/** Plans one `up` under the checkout's lock, which is given up when its last step is over, or when planning fails. */
export async function planUp(
  kernel: Kernel & { config: ResolvedConfig },
  given: PlanOptions & UpOptions,
  unlock: () => void,
): Promise<Up> {
  const { log, state } = kernel;
  try {
    const request = given.restart ? await selectRestarted(kernel, given) : given;
    const plan = await inPhase(kernel, { phase: 'plan' }, () =>
      makePlan(
        {
          ...kernel,
          onFirstChoice(service, key, passedOver) {
            state.pin(service, key);
            log.info(
              `${service} runs by "${key}" in this checkout from now on${describe(passedOver)}.`,
            );
          },
        },
        request,
      ),
    );
    const left = [...new Set(plan.orphans.map(({ service }) => service))];
    if (left.length > 0 && !request.removeOrphans) {
      log.warn(
        `The configuration no longer knows ${left.join(', ')}: still there; --remove-orphans removes it.`,
      );
    }
    const up = createUp(kernel, plan, request);
    const { afterHealth } = up;
    return Object.assign(up, { afterHealth: () => afterHealth().finally(unlock) });
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

function describe(passedOver: readonly PassedOver[]): string {
  const away = passedOver.map(({ key, reason }) => `"${key}" is not available (${brief(reason)})`);
  return away.length === 0 ? '' : `: ${away.join(', ')}`;
}

const brief = (reason: string): string => reason.split('\n')[0]?.replace(/[.:]$/, '') ?? '';
