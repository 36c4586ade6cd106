import type { Instance } from './instance.ts';

/** Whether an instance was seen ready in this very generation: by an earlier task, or by its runner. */
export function isSeenReady(
  { generation, isReady = false }: Instance,
  readyGeneration: string | undefined,
): boolean {
  return isReady || readyGeneration === generation;
}
