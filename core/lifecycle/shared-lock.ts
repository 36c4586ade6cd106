import type { Lock } from '../identity/lock.ts';

/** One lock for all that a host does at once: taken with the first, given up with the last. */
export interface SharedLock {
  /** Resolves when it is held; gives how to give it up, where doing so again does nothing. */
  take(task: string): Promise<() => void>;
  during<T>(task: string, work: () => Promise<T>): Promise<T>;
  /** Gives it up, whoever still has it. */
  close(): void;
}

/** `acquire` waits for others and prepares for what they have changed. */
export function createSharedLock(acquire: (task: string) => Promise<Lock>): SharedLock {
  let acquiring: Promise<Lock> | undefined;
  let holders = 0;
  let held: Lock | undefined;
  const close = () => {
    held?.release();
    held = acquiring = undefined;
  };
  const take = async (task: string): Promise<() => void> => {
    holders += 1;
    let isOwn = true;
    const giveUp = () => {
      if (!isOwn) return;
      isOwn = false;
      holders -= 1;
      if (holders === 0) close();
    };
    try {
      acquiring ??= acquire(task);
      held = await acquiring;
      return giveUp;
    } catch (thrown) {
      giveUp();
      throw thrown;
    }
  };
  return {
    take,
    async during(task, work) {
      const giveUp = await take(task);
      try {
        return await work();
      } finally {
        giveUp();
      }
    },
    close,
  };
}
