import { relative } from 'node:path';
import { beforeEach } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { podmanDifferences } from './podman-differences.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the engine need not pass this case. */
    excused?: string;
  }
}

const engine = await ensureEngine();
if (engine?.isPodman) {
  beforeEach(({ task, skip }) => {
    const file = relative(process.cwd(), task.file.filepath);
    const difference = podmanDifferences.find(
      (one) => one.file === file && one.title === task.name,
    );
    if (!difference) return;
    task.meta.excused = difference.reason;
    if (difference.varies) skip(difference.reason);
    Object.assign(task, { fails: true });
  });
}
