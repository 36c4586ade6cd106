/** Does one thing after another, in the order in which they were asked for. */
export interface OperationQueue {
  /** Resolves or rejects as `work` does, which begins when all that was asked before has ended. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** One service is never started and stopped at the same time: each has a queue of its own. */
export function createOperationQueue(): OperationQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const result = last.then(work);
      // How it ended is the business of whoever asked.
      last = result.catch(() => {});
      return result;
    },
  };
}
