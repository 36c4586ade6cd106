import type { TextStyle } from '../task-spec.ts';
import { closingTable, planTable } from './closing-table.ts';
import { failureBlocks } from './failure-blocks.ts';
import { liveLines } from './live-lines.ts';
import type { TaskEnd } from './renderer.ts';
import type { RunView } from './run-view.ts';
import { timingsTable } from './timings-table.ts';

export interface ClosingStyles {
  readonly out: TextStyle;
  readonly err: TextStyle;
}

/** What is left to say when a task is over: what came of it for stdout, what went wrong for stderr. */
export function closingLines(
  view: RunView,
  { finished, hasTimings }: TaskEnd,
  styles: ClosingStyles,
): { out: string[]; err: string[] } {
  const timings = hasTimings ? ['', ...timingsTable(view, styles.out)] : [];
  const out = [...resultLines(view, finished, styles.out), ...timings];
  const err = failureBlocks(view, finished, styles.err).flatMap((block, index) =>
    index > 0 || out.length > 0 ? ['', block] : [block],
  );
  return { out, err };
}

function resultLines(view: RunView, finished: TaskEnd['finished'], style: TextStyle): string[] {
  const table = closingTable(view, finished, style);
  if (table.length > 0) return table;
  const isUntouched = [...view.services.values()].every(({ state }) => state === 'pending');
  if (finished.ok && isUntouched) return planTable(view, style);
  // It was cut short: where each service stood is all there is.
  return liveLines(view, { nowMs: undefined, style, rows: Infinity });
}
