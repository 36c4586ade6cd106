import type { Clock } from '../clock.ts';
import { bugErrors } from '../errors/catalogue/bug.ts';
import { attemptLock, type LockHolder } from './lock-folder.ts';
import { identifyProcess } from './process-identity.ts';
import { type PathChanges, watchPath } from './watch-path.ts';

/** A lock that is held. */
export interface Lock {
  /** Gives it up; doing so again does nothing. */
  release(): void;
}

export interface LockRequest {
  /** Where the lock stands. */
  path: string;
  /** What it is held for, as others read it: `up`. */
  task: string;
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** Called once, before the wait begins, with whoever is waited for. */
  onWait?(holder: LockHolder): void;
}

// A holder that was killed says nothing: the folder is looked at this often.
const lookAgainMs = 500;

/**
 * Resolves when the lock at `path` is the caller's; it is released at exit at the latest. The lock of a
 * dead holder is taken over. Who holds it in this very process is waited for as any other: a process may
 * have several hosts of one checkout.
 *
 * Rejects with the signal's reason when aborted, and DS_STATE_UNWRITABLE.
 *
 * @example const lock = await acquireLock({ path, task: 'up', clock, onWait: say });
 */
export async function acquireLock(request: LockRequest): Promise<Lock> {
  const { path, task, clock, signal } = request;
  const self = identifyProcess(process.pid);
  if (!self) throw bugErrors.create('DS_BUG_INVARIANT', { what: 'it cannot find its own process' });
  const holder = { ...self, task, since: clock.now() };
  let changes: PathChanges | undefined;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const attempt = attemptLock(path, holder);
      if ('release' in attempt) return releasedAtExit(attempt.release);
      // What happened before the watch began is seen by one more attempt.
      if (changes) await nextLook(changes, clock, signal);
      else {
        changes = watchPath(path);
        request.onWait?.(attempt.holder);
      }
    }
  } finally {
    changes?.close();
  }
}

function releasedAtExit(release: () => void): Lock {
  let isHeld = true;
  const releaseOnce = () => {
    if (!isHeld) return;
    isHeld = false;
    process.removeListener('exit', releaseOnce);
    release();
  };
  process.once('exit', releaseOnce);
  return { release: releaseOnce };
}

async function nextLook(changes: PathChanges, clock: Clock, signal: AbortSignal | undefined) {
  const bell = new AbortController();
  const until = signal ? AbortSignal.any([signal, bell.signal]) : bell.signal;
  const slowLook = clock.sleep(lookAgainMs, until).catch(() => {});
  try {
    await Promise.race([changes.next(until), slowLook]);
  } finally {
    bell.abort();
  }
}
