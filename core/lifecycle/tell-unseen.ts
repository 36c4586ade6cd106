import type { DevServicesError } from '../errors/error.ts';
import { briefly } from './loaded-host.ts';
import type { Kernel } from './kernel.ts';

// What each host said last, by kind: a host that lives long may be asked every second.
const said = new WeakMap<Kernel['log'], ReadonlyMap<string, string>>();

/** Says of what kinds nothing can be told, where others can; again only when that has changed. */
export function tellUnseen(
  { log }: Pick<Kernel, 'log'>,
  unseen: readonly { kind: string; error: DevServicesError }[],
): void {
  const before = said.get(log);
  const now = new Map(unseen.map(({ kind, error }) => [kind, briefly(error)]));
  said.set(log, now);
  for (const [kind, reason] of now) {
    if (before?.get(kind) === reason) continue;
    log.warn(`Nothing is known of runs of kind "${kind}": ${reason}`);
  }
}
