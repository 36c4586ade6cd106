import { asError } from '../errors/as-error.ts';
import { runsOf } from '../plan/choose-runs.ts';
import type { Finding } from '../run/finding.ts';
import type { MissingImage, Runner, Target } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';

/** What services start from and would have to be fetched; `there` are the runners that can be asked. */
export async function inspectImages(kernel: Kernel, there: readonly Runner[]): Promise<Finding[]> {
  const { config, signal } = kernel;
  const asked = there.filter(({ listMissing }) => listMissing !== undefined);
  // Where nobody can be asked nothing is known, which is no good news.
  if (!config || asked.length === 0) return [];
  try {
    const found = await Promise.all(
      asked.map(
        async (runner) => runner.listMissing?.(await targetsOf(kernel, runner), signal) ?? [],
      ),
    );
    return describe(found.flat());
  } catch (thrown) {
    signal.throwIfAborted();
    const { message, hint } = asError(thrown);
    return [{ name: 'images', level: 'warning', text: message, hint }];
  }
}

// No image depends on variables and ports: a target without them is enough.
async function targetsOf(
  { config, project, root }: Kernel,
  runner: Runner,
): Promise<readonly Target[]> {
  const targets = Object.entries(config?.services ?? {}).flatMap(([service, written]) => {
    const own = Object.entries(runsOf(written)).filter(([, { kind }]) => kind === runner.kind);
    const context = { service, project, root, environment: {} };
    return own.map(async ([runKey, run]) => ({
      project,
      service,
      runKey,
      run: await runner.normalise(run, context),
      ports: [],
      spec: { v: 1, fields: {} } as const,
    }));
  });
  return Promise.all(targets);
}

function describe(missing: readonly MissingImage[]): Finding[] {
  const images = [...new Set(missing.map(({ image }) => image))];
  const text =
    images.length === 0
      ? 'everything that services start from is here'
      : `not here yet, and fetched or built by the next up: ${images.join(', ')}`;
  return [{ name: 'images', level: 'ok', text, facts: { missing: images } }];
}
