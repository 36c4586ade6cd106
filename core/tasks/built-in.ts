import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractTaskMetadata, type TaskMetadata } from './task-metadata.ts';
import type { MetadataCache } from './metadata-cache.ts';

interface TaskModule {
  readonly default: unknown;
}

/** The tasks that come with the package; each is imported when it is run, and not before. */
export const builtInTasks: Readonly<Record<string, () => Promise<TaskModule>>> = {
  attach: () => import('../../tasks/attach.ts'),
  config: () => import('../../tasks/config.ts'),
  doctor: () => import('../../tasks/doctor.ts'),
  down: () => import('../../tasks/down.ts'),
  env: () => import('../../tasks/env.ts'),
  exec: () => import('../../tasks/exec.ts'),
  logs: () => import('../../tasks/logs.ts'),
  options: () => import('../../tasks/options.ts'),
  permissions: () => import('../../tasks/permissions.ts'),
  plugins: () => import('../../tasks/plugins.ts'),
  reset: () => import('../../tasks/reset.ts'),
  restart: () => import('../../tasks/restart.ts'),
  rm: () => import('../../tasks/rm.ts'),
  run: () => import('../../tasks/run.ts'),
  serve: () => import('../../tasks/serve.ts'),
  status: () => import('../../tasks/status.ts'),
  toggle: () => import('../../tasks/toggle.ts'),
  tokens: () => import('../../tasks/tokens.ts'),
  up: () => import('../../tasks/up.ts'),
  workstations: () => import('../../tasks/workstations.ts'),
};

/** What help knows of them: from `tasks.json` where the package was built, else from their sources. */
export async function loadBuiltInMetadata(cache: MetadataCache): Promise<TaskMetadata[]> {
  const built = ['./tasks.json', '../tasks.json'].map(besideThis).find(existsSync);
  if (built !== undefined) return JSON.parse(readFileSync(built, 'utf8')) as TaskMetadata[];
  return Promise.all(
    Object.keys(builtInTasks).map(async (name) => {
      const file = besideThis(`../../tasks/${name}.ts`);
      const text = readFileSync(file, 'utf8');
      const read = () => extractTaskMetadata(text, file);
      return (await cache.recall(`task:${name}`, text, read)) as TaskMetadata;
    }),
  );
}

/** Whether a file is the source of a built-in task: in our own checkout the repo's tasks are those. */
export function isBuiltInFile(file: string): boolean {
  const name = basename(file, '.ts');
  return Object.hasOwn(builtInTasks, name) && file === besideThis(`../../tasks/${name}.ts`);
}

const besideThis = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
