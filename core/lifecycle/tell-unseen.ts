import type { DevServicesError } from '../errors/error.ts';
import { briefly } from './loaded-host.ts';
import type { Kernel } from './kernel.ts';

/** Says of what kinds nothing can be told, where others can. */
export function tellUnseen(
  { log }: Pick<Kernel, 'log'>,
  unseen: readonly { kind: string; error: DevServicesError }[],
): void {
  for (const { kind, error } of unseen) {
    log.warn(`Nothing is known of runs of kind "${kind}": ${briefly(error)}`);
  }
}
