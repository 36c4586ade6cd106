import { relative } from 'node:path';
import { beforeEach } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { podmanDifferences } from './podman-differences.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the engine need not pass this case. It has to fail, then. */
    excused?: string;
  }
}

const engine = await ensureEngine();
if (engine?.isPodman) {
  beforeEach(({ task }) => {
    const file = relative(process.cwd(), task.file.filepath);
    const difference = podmanDifferences.find(
      (one) => one.file === file && one.title === task.name,
    );
    if (!difference) return;
    task.fails = true;
    task.meta.excused = difference.reason;
  });
}
