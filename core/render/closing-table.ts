import { formatDuration } from '../duration.ts';
import type { ServiceReport, TaskFinished } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { markOf } from './marks.ts';
import type { RunView } from './run-view.ts';
import { plainLine, truncate } from './text-width.ts';

/** What a task did with services, and where they are reached; one line a service, then one in all. */
export function closingTable(view: RunView, finished: TaskFinished, style: TextStyle): string[] {
  // What the selection left out is not news.
  const rows = Object.entries(finished.services).filter(
    ([name, { state }]) => state !== 'skipped' || view.services.has(name),
  );
  if (rows.length === 0) return [];
  const table = style.table(rows.map(([name, report]) => rowOf(name, report, style))).split('\n');
  // What went wrong stands below as a whole.
  const lines = table.map((line, index) =>
    rows[index]?.[1].error === undefined ? line : truncate(line, style.columns - 1),
  );
  return [...lines, '', summaryOf(rows, finished, style)];
}

/** What would be done, for a task that only planned. */
export function planTable(view: RunView, style: TextStyle): string[] {
  const rows = [...view.services.values()].map(({ name, action = 'unchanged', reason, runner }) => [
    action === 'unchanged' ? style.dim('=') : style.cyan('+'),
    name,
    action === 'unchanged' ? 'unchanged' : `would ${action}`,
    style.dim(plainLine(runner)),
    style.dim(plainLine(reason?.text ?? '')),
  ]);
  return rows.length === 0 ? [] : style.table(rows).split('\n');
}

/** `127.0.0.1:5432`, or with names where there are several. */
export function endpointsText({ endpoints }: Pick<ServiceReport, 'endpoints'>): string {
  const entries = Object.entries(endpoints);
  return entries
    .map(([name, { host, port }]) => `${entries.length > 1 ? `${name} ` : ''}${host}:${port}`)
    .join('  ');
}

function rowOf(name: string, report: ServiceReport, style: TextStyle): string[] {
  const { state, action, elapsedMs, reason } = report;
  const isIdle = action === 'unchanged' || elapsedMs === 0;
  const isWorthSaying = action === 'recreated' || state === 'skipped' || state === 'failed';
  const shown = endpointsText(report);
  return [
    markOf(state, style),
    name,
    state,
    state === action || action === 'skipped' ? '' : style.dim(action),
    isIdle ? '' : style.dim(formatDuration(elapsedMs)),
    shown || (isWorthSaying ? style.dim(plainLine(reason.text)) : ''),
    shown && isWorthSaying ? style.dim(plainLine(reason.text)) : '',
  ];
}

function summaryOf(
  rows: readonly (readonly [string, ServiceReport])[],
  { elapsedMs, ok }: TaskFinished,
  style: TextStyle,
): string {
  const count = (state: ServiceReport['state']) =>
    rows.filter(([, report]) => report.state === state).length;
  const states = [
    'ready',
    'completed',
    'running',
    'starting',
    'pulling',
    'pending',
    'stopped',
    'unhealthy',
    'failed',
    'skipped',
  ] as const;
  const parts = states.flatMap((state) => (count(state) > 0 ? `${count(state)} ${state}` : []));
  const all = rows.every(([, { action }]) => action === 'unchanged') ? ', nothing to do' : '';
  const text = `${parts.join(', ')}${all} (${formatDuration(elapsedMs)})`;
  return ok ? style.bold(text) : style.bold(style.red(text));
}
