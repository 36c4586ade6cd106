import { enginePaths } from './engine-paths.ts';
import { ensurePrivate } from './places.ts';
import type { EngineFolders } from './places.ts';
import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';
import { findDaemon } from './sweep-leftovers.ts';
import { unpackTrixie } from './trixie-packages.ts';
import type { EngineBeside } from './engines-beside.ts';

/** The dockerd of Debian 13, with its containerd and the machine's own runc. */
export function createNewerEngine(folders: EngineFolders): EngineBeside {
  const { socket, log } = enginePaths(folders);
  return {
    socket,
    log,
    async start() {
      ensurePrivate(folders.run);
      const packages = await unpackTrixie({
        name: 'engine',
        packages: ['docker.io', 'containerd', 'tini'],
      });
      await startPrivateEngine(folders, { packages, ownNetwork: true });
    },
    stop: () => stopPrivateEngine(folders),
    async findPid() {
      return (await findDaemon(folders))?.pid ?? null;
    },
  };
}
