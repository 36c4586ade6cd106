import { type Clock, withDeadline } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { asError } from '../errors/as-error.ts';
import type { Logger } from '../log.ts';

// What hangs at the end must not keep the process.
const undoMs = 10_000;

/** Undoes in reverse what was opened; never throws, failures are told. */
export async function undoAll(
  undos: readonly (() => void | Promise<void>)[],
  { clock, log }: { clock: Clock; log: Logger },
): Promise<void> {
  for (const undo of undos.toReversed()) {
    try {
      await withDeadline({ clock, ms: undoMs }, async () => undo(), tooLate);
    } catch (thrown) {
      log.warn(asError(thrown).message);
    }
  }
}

const tooLate = (): Error =>
  new Error(`What was to be undone at the end was not done after ${formatDuration(undoMs)}.`);
