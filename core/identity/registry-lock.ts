import { join } from 'node:path';

import { bugErrors } from '../errors/catalogue/bug.ts';
import { stateErrors } from '../errors/catalogue/state.ts';
import { attemptLock } from './lock-folder.ts';
import { identifyProcess } from './process-identity.ts';

// A change takes about a millisecond: a short synchronous wait is simpler than an asynchronous registry.
const lookAgainMs = 2;
const patienceMs = 10_000;

/** Runs `work` while no other process changes the registry. Throws DS_STATE_BUSY after ten seconds. */
export function withRegistryLock<T>(stateHome: string, work: () => T): T {
  const release = take(join(stateHome, 'registry.lock'));
  try {
    return work();
  } finally {
    release();
  }
}

function take(path: string): () => void {
  const self = identifyProcess(process.pid);
  if (!self) throw bugErrors.create('DS_BUG_INVARIANT', { what: 'it cannot find its own process' });
  const began = performance.now();
  for (;;) {
    const attempt = attemptLock(path, { ...self, task: 'registry', since: Date.now() });
    if ('release' in attempt) return attempt.release;
    if (performance.now() - began > patienceMs) {
      throw stateErrors.create('DS_STATE_BUSY', { path, pid: attempt.holder.pid });
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookAgainMs);
  }
}
