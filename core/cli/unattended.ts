import { AsyncLocalStorage } from 'node:async_hooks';

const unattended = new AsyncLocalStorage<true>();

/** Runs work for which nobody sits at the terminal, even where this process has one. */
export function withNobody<T>(work: () => T): T {
  return unattended.run(true, work);
}

/** Whether what asks now is such work. */
export function isUnattended(): boolean {
  return unattended.getStore() === true;
}
