import type { Instance } from './instance.ts';

/**
 * Whether an instance was seen ready in this very generation: by an earlier task, or by its runner. One
 * that is about to be started again shows the generation that ended.
 */
export function isSeenReady(
  { generation, status, isReady = false }: Instance,
  readyGeneration: string | undefined,
): boolean {
  return status === 'running' && (isReady || readyGeneration === generation);
}
