import { asError } from '../errors/as-error.ts';
import { runsOf } from '../plan/choose-runs.ts';
import type { Finding } from '../run/finding.ts';
import type { MissingImage, Runner, Target } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';

/** What services start from and would have to be fetched; `there` are the runners that can be asked. */
export async function inspectImages(
  { config, project, root, signal }: Kernel,
  there: readonly Runner[],
): Promise<Finding[]> {
  if (!config) return [];
  try {
    const found = await Promise.all(
      there.map((runner) => {
        const targets = Object.entries(config.services).flatMap(([service, { run: _, ...rest }]) =>
          Object.entries(runsOf({ ...rest, run: _ })).flatMap(([runKey, run]): Target[] => {
            if (run.kind !== runner.kind) return [];
            const context = { service, project, root, environment: {} };
            // Of variables and ports no image depends: a target of nothing else is enough.
            const spec = { v: 1, fields: {} } as const;
            return [
              { project, service, runKey, run: runner.normalise(run, context), ports: [], spec },
            ];
          }),
        );
        return runner.listMissing?.(targets, signal) ?? [];
      }),
    );
    return describe(found.flat());
  } catch (thrown) {
    signal.throwIfAborted();
    const { message, hint } = asError(thrown);
    return [{ name: 'images', level: 'warning', text: message, hint }];
  }
}

function describe(missing: readonly MissingImage[]): Finding[] {
  const images = [...new Set(missing.map(({ image }) => image))];
  const text =
    images.length === 0
      ? 'everything that services start from is here'
      : `not here yet, and fetched or built by the next up: ${images.join(', ')}`;
  return [{ name: 'images', level: 'ok', text, facts: { missing: images } }];
}
