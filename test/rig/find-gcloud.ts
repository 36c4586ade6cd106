import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How the names of groups begin that need the real one: test/run.ts counts them where it is missing. */
export const gcloudTests = 'with the real gcloud';

/**
 * Path of the gcloud CLI on the PATH, or null: callers skip by name. `DEVSERVICES_TEST_GCLOUD=none`
 * does as if there were none.
 *
 * @example
 * describe.skipIf(findGcloud() === null)(`${gcloudTests}: list`, () => { … });
 */
export function findGcloud(environment: NodeJS.ProcessEnv = process.env): string | null {
  if (environment['DEVSERVICES_TEST_GCLOUD'] === 'none') return null;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'gcloud')).find(canRun) ?? null;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
