import type { ReportedError, ServiceReport, TaskFinished } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { renderError } from './render-error.ts';
import type { RunView } from './run-view.ts';
import { colouredLine, plainLine, truncate } from './text-width.ts';

/**
 * Explains everything that went wrong, in the order in which it did: what happened, the last probe,
 * the last lines of the log, what was skipped because of it, and what to do.
 */
export function failureBlocks(view: RunView, finished: TaskFinished, style: TextStyle): string[] {
  const failed = Object.entries(finished.services).filter(([, { error }]) => error !== undefined);
  const order = [...view.services.values()]
    .filter(({ state }) => state === 'failed')
    .toSorted((a, b) => endOf(a) - endOf(b))
    .map(({ name }) => name);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const blocks = failed
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(([name, { error }]) =>
      serviceBlock(name, error as ReportedError, { finished, view, style }),
    );
  const told = new Set(failed.map(([, { error }]) => keyOf(error as ReportedError)));
  const others = finished.errors.filter((error) => !told.has(keyOf(error)));
  return [...blocks, ...others.map((error) => renderError(error, style))];
}

interface BlockContext {
  readonly finished: TaskFinished;
  readonly view: RunView;
  readonly style: TextStyle;
}

function serviceBlock(
  name: string,
  error: ReportedError,
  { finished, view, style }: BlockContext,
): string {
  const lastProbe = error.lastProbe ?? view.services.get(name)?.lastProbe;
  const isProbeNews = lastProbe !== undefined && !error.message.includes(lastProbe);
  const because = skippedBecauseOf(name, finished.services);
  const logs = error.logs ?? [];
  return [
    `${style.red('✘')} ${style.bold(plainBlock(error.message))}`,
    ...(isProbeNews ? [`  Last attempt to reach it: ${plainLine(lastProbe)}`] : []),
    ...(logs.length > 0 ? ['  The last lines of its log:'] : []),
    ...logs.map((line) =>
      truncate(`    ${style.dim('│')} ${colourIn(line, style)}`, style.columns - 1),
    ),
    ...(because.length > 0 ? [`  Skipped because of it: ${because.join(', ')}`] : []),
    `  ${style.cyan('→')} ${plainBlock(error.hint)} ${style.dim(error.code)}`,
  ].join('\n');
}

/** Services that were skipped because of this one, also by way of others that were. */
export function skippedBecauseOf(
  name: string,
  services: Readonly<Record<string, ServiceReport>>,
): string[] {
  const found = new Set<string>();
  const visit = (cause: string): void => {
    for (const [other, { state, reason }] of Object.entries(services)) {
      // A reason begins with the service that it is about.
      const isBecause = state === 'skipped' && reason.text.split(' ')[0] === cause;
      if (!isBecause || found.has(other)) continue;
      found.add(other);
      visit(other);
    }
  };
  visit(name);
  return [...found];
}

const keyOf = ({ code, message }: ReportedError): string => `${code}\0${message}`;

const endOf = ({ sinceMs = 0, elapsedMs }: { sinceMs: number | undefined; elapsedMs: number }) =>
  sinceMs + elapsedMs;

function plainBlock(text: string): string {
  return text.split('\n').map(plainLine).join('\n  ');
}

// Colours of a log would stay on a terminal that is to have none.
function colourIn(line: string, style: TextStyle): string {
  return style.bold('x') === 'x' ? plainLine(line) : colouredLine(line);
}
