import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { orAborted } from '../clock.ts';
import { reasonOf } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { Endpoints } from '../events.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { ReadyStep } from '../service/service.ts';
import type { Kernel } from './kernel.ts';
import { inPhase } from './phase.ts';

type Call = (context: { endpoints: Endpoints; signal: AbortSignal }) => Promise<void>;

/** A service's own `onReady` step, if it has one; with `inputs`, only when those files changed. */
export function createReadyStep(kernel: Kernel, planned: PlannedService): Call | undefined {
  const given = kernel.config?.services[planned.service]?.onReady;
  if (!given) return undefined;
  const step: ReadyStep = typeof given === 'function' ? { run: given } : given;
  const { service, environment } = planned;
  const name = stepOf(planned);
  return async ({ endpoints, signal }) => {
    const digest = step.inputs && (await digestOf(step.inputs, kernel.root));
    if (digest !== undefined && kernel.state.stepInputs[name] === digest) return;
    try {
      await inPhase(kernel, { phase: 'on-ready', service }, () =>
        orAborted((async () => step.run({ service, endpoints, environment, signal }))(), signal),
      );
      if (digest !== undefined) kernel.state.recordStepInputs(name, digest);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const error = serviceErrors.create(
        'DS_SERVICE_READY_STEP',
        { service, reason: reasonOf(thrown) },
        thrown,
      );
      if (step.onFailure !== 'warn') throw error;
      kernel.log.warn(error.message);
    }
  };
}

/** What a step is remembered by: each run of a service has data of its own, which the step fills. */
export const stepOf = ({ service, runKey }: Pick<PlannedService, 'service' | 'runKey'>): string =>
  `${service}/${runKey}`;

export const serviceOfStep = (step: string): string => step.split('/', 1)[0] ?? step;

async function digestOf(patterns: readonly string[], root: string): Promise<string> {
  const { glob } = await import('tinyglobby');
  const files = await glob([...patterns], { cwd: root, absolute: true, dot: true });
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    hash
      .update(`${file}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('base64url');
}
