import { loadModule } from '../config/load-module.ts';
import type { Host } from '../host.ts';
import { resolveCacheHome } from '../identity/state-home.ts';
import { ownUrl } from '../own-url.ts';
import { isBuiltInFile } from '../tasks/built-in.ts';
import type { CommandTask, Task } from '../tasks/define-task.ts';
import { findTaskPlaces } from '../tasks/discover-tasks.ts';
import { createTaskFinder, type TaskFinder } from '../tasks/find-task.ts';

export interface HostFinderRequest {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** What `--config` names. */
  configFile: string | undefined;
  /** The task whose file was started by itself. */
  started?: Task | CommandTask | undefined;
  onLikely?(task: Task | CommandTask): void;
}

/** Finds tasks where a host finds its project. */
export function createHostFinder(host: Host, request: HostFinderRequest): TaskFinder {
  const { cwd, env, configFile, started, onLikely } = request;
  const loading = { cacheFolder: resolveCacheHome(env), library: ownUrl() };
  return createTaskFinder({
    host,
    places: findTaskPlaces({ cwd, configFile, env }),
    load: (file) => loadModule(file, loading),
    ...(onLikely ? { onLikely } : {}),
    started: started && {
      task: started,
      origin: isBuiltInFile(started.source) ? 'built-in' : 'repo',
    },
  });
}
