import { formatDuration } from '../duration.ts';
import type { TextStyle } from '../task-spec.ts';
import type { PhaseView, RunView } from './run-view.ts';

/** What took how long: the critical path first, in its order, then the rest by length. */
export function timingsTable(view: RunView, style: TextStyle): string[] {
  const path = criticalPath(view.phases);
  const rest = view.phases
    .filter((phase) => !path.includes(phase))
    .toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const startMs = Math.min(...view.phases.map((phase) => phase.startMs));
  const row = (phase: PhaseView) => [
    `  ${phase.service ?? ''}`,
    phase.name,
    formatDuration(lengthOf(phase)).padStart(8),
    style.dim(`+${formatDuration(phase.startMs - startMs)}`),
  ];
  if (view.phases.length === 0) return [];
  const lines = style.table([...path, ...rest].map(row)).split('\n');
  return [
    style.bold('Critical path'),
    ...lines.slice(0, path.length),
    ...(rest.length > 0 ? [style.bold('Beside it'), ...lines.slice(path.length)] : []),
  ];
}

// Times are whole milliseconds, so that one may seem to end just after the next began.
/** The phases that decided how long the whole took: each ended last before the next began. */
export function criticalPath(phases: readonly PhaseView[]): PhaseView[] {
  const leaves = phases.filter((phase) => !phases.some((other) => isWithin(other, phase)));
  const path: PhaseView[] = [];
  let limitMs = Infinity;
  for (;;) {
    const before = leaves.filter((phase) => phase.endMs <= limitMs + 1 && !path.includes(phase));
    const [last] = before.toSorted((a, b) => b.endMs - a.endMs || lengthOf(b) - lengthOf(a));
    if (last === undefined) return path;
    path.unshift(last);
    limitMs = last.startMs;
  }
}

// A phase of the whole task holds those of services; one of a service holds its own parts.
function isWithin(inner: PhaseView, outer: PhaseView): boolean {
  const isOther = inner !== outer && lengthOf(inner) < lengthOf(outer);
  const belongs = outer.service === undefined || inner.service === outer.service;
  return isOther && belongs && inner.startMs >= outer.startMs && inner.endMs <= outer.endMs;
}

const lengthOf = ({ startMs, endMs }: PhaseView): number => endMs - startMs;
