const waiting = new Set<() => void>();

/**
 * Runs `work` when the process exits without having waited for anything, synchronously; returns how to
 * forget it. One listener does for all, however many hosts a process has.
 */
export function atExit(work: () => void): () => void {
  if (waiting.size === 0) process.on('exit', runAll);
  waiting.add(work);
  return () => {
    if (waiting.delete(work) && waiting.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const work of waiting) work();
}
