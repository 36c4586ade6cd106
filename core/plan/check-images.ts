import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { MissingImage, Runner } from '../run/runner.ts';
import type { ChosenRun } from './choose-runs.ts';
import type { PlannedService } from './plan.ts';

export interface ImageCheck {
  services: Readonly<Record<string, PlannedService>>;
  chosen: Readonly<Record<string, ChosenRun>>;
  offline?: boolean | undefined;
  signal: AbortSignal;
}

/**
 * Everything that would have to be fetched, in one error, DS_IMAGES_MISSING; undefined where all is
 * here. What is made of sources counts only where no network may be asked.
 */
export async function findMissingImages({
  services,
  chosen,
  offline = false,
  signal,
}: ImageCheck): Promise<DevServicesError | undefined> {
  const found = await Promise.all(
    [...groupTargets(services, chosen)].map(
      async ([runner, targets]) => runner.listMissing?.(targets, signal) ?? [],
    ),
  );
  const missing = mergeByImage(found.flat().filter(({ isBuilt }) => offline || !isBuilt));
  if (missing.length === 0) return undefined;
  return serviceErrors.create('DS_IMAGES_MISSING', { missing, isOffline: offline });
}

// What is there already needs no image to go on.
function groupTargets(
  services: ImageCheck['services'],
  chosen: ImageCheck['chosen'],
): Map<Runner, PlannedService[]> {
  const groups = new Map<Runner, PlannedService[]>();
  for (const planned of Object.values(services)) {
    const runner = chosen[planned.service]?.runner;
    if (!runner || (planned.action !== 'create' && planned.action !== 'recreate')) continue;
    groups.set(runner, [...(groups.get(runner) ?? []), planned]);
  }
  return groups;
}

function mergeByImage(found: readonly MissingImage[]) {
  const images = [...new Set(found.map(({ image }) => image))];
  return images.map((image) => {
    const all = found.filter((one) => one.image === image);
    const { service: _, ...facts } = Object.assign({}, ...all) as MissingImage;
    return { ...facts, services: all.map(({ service }) => service) };
  });
}
