import type { ReportedError, ServiceReport, TaskFinished } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
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
  // What befell several alike, as Ctrl-C does, is told once.
  const told = new Map<string, Failure>();
  for (const [name, { error }] of failed.toSorted(([a], [b]) => place(a) - place(b))) {
    const failure = { error: error as ReportedError, services: [name] };
    const same = told.get(keyOf(failure.error));
    if (same) same.services.push(name);
    else told.set(keyOf(failure.error), failure);
  }
  const others = finished.errors.filter((error) => !told.has(keyOf(error)));
  return [...told.values(), ...others.map((error) => ({ error, services: [] }))].map((failure) =>
    failureBlock(failure, { finished, view, style }),
  );
}

interface Failure {
  readonly error: ReportedError;
  readonly services: string[];
}

interface BlockContext {
  readonly finished: TaskFinished;
  readonly view: RunView;
  readonly style: TextStyle;
}

function failureBlock(
  { error, services }: Failure,
  { finished, view, style }: BlockContext,
): string {
  const [name = '', ...more] = services;
  const lastProbe =
    error.lastProbe ?? (more.length === 0 ? view.services.get(name)?.lastProbe : undefined);
  const isProbeNews = lastProbe !== undefined && !error.message.includes(lastProbe);
  const because = [
    ...new Set(services.flatMap((cause) => skippedBecauseOf(cause, finished.services))),
  ];
  const logs = error.logs ?? [];
  const [first = '', ...rest] = error.message.split('\n').map(plainLine);
  return [
    `${style.red('✘')} ${style.bold(first)}`,
    ...rest.map((line) => `  ${line}`),
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
