import { tmpdir } from 'node:os';
import { enginePaths } from './engine-paths.ts';
import type { EngineBeside } from './engines-beside.ts';
import type { EngineFolders } from './places.ts';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';
import { findDaemon } from './sweep-leftovers.ts';

/** The machine's own dockerd once more, where neither its network nor a test's folders are seen. */
export function createRemoteDaemon(folders: EngineFolders): EngineBeside {
  const { socket, log } = enginePaths(folders);
  return {
    socket,
    log,
    start: () => startPrivateEngine(folders, { ownNetwork: true, ownFolder: tmpdir() }),
    stop: () => stopPrivateEngine(folders),
    async findPid() {
      return (await findDaemon(folders))?.pid ?? null;
    },
  };
}
