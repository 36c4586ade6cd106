import { basename, join } from 'node:path';
import { readLockHolder, readVersion } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { projectSpecs } from '../specs/project.ts';

/** Which project it is; loads nothing for it. */
export function projectHandlers({
  name,
  root,
  checkoutFolder,
}: Pick<ApiContext, 'name' | 'root' | 'checkoutFolder'>): Handlers<(typeof projectSpecs)[number]> {
  return {
    'GET /project'() {
      const holder = readLockHolder(join(checkoutFolder, 'lock'));
      return {
        project: name,
        root,
        checkout: basename(checkoutFolder),
        version: readVersion(),
        task: holder
          ? { task: holder.task, pid: holder.pid, since: new Date(holder.since).toISOString() }
          : null,
      };
    },
  };
}
