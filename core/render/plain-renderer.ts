import { formatDuration } from '../duration.ts';
import type { DevServicesEvent } from '../events.ts';
import { closingLines } from './closing-lines.ts';
import { logLine, messageLine } from './message-line.ts';
import { createPullTeller, type PullTeller } from './pull-lines.ts';
import type { Output, Renderer, RenderOptions, TaskEnd } from './renderer.ts';
import { applyEvent, createRunView, type RunView } from './run-view.ts';
import { callLine, servingUrl } from './serving-lines.ts';
import { createTextStyle } from './text-style.ts';
import { plainLine } from './text-width.ts';

/** A line for each thing that happens: for files, pipes and dumb terminals. */
export function createPlainRenderer(options: RenderOptions): Renderer {
  const { out, err, isColoured, isQuery } = options;
  const styles = {
    // A file is as wide as it has to be.
    out: createTextStyle({ isColoured: isColoured.out, columns: widthFor(out) }),
    err: createTextStyle({ isColoured: isColoured.err, columns: widthFor(err) }),
  };
  const view = createRunView();
  const pulls = createPullTeller();
  return {
    onEvent(event) {
      applyEvent(view, event);
      if (event.event === 'message') {
        const line = messageLine(event, { style: styles.err, format: options.logFormat() });
        err.write(`${line}\n`);
      } else if (!isQuery) {
        for (const line of linesOf(event, { view, pulls, options, style: styles.out })) {
          out.write(`${line}\n`);
        }
      }
    },
    finish(end) {
      writeEnd(view, end, { out, err, styles, isQuery });
    },
    yieldTerminal() {},
    close() {},
  };
}

/** Writes what is left to say: the answer, or what came of the task, and what went wrong. */
export function writeEnd(
  view: RunView,
  end: TaskEnd,
  to: {
    out: Output;
    err: Output;
    styles: Parameters<typeof closingLines>[2];
    isQuery: boolean;
  },
): void {
  const lines = closingLines(view, end, to.styles);
  if (end.answer) to.out.write(withNewline(end.answer.text(to.styles.out)));
  else if (!to.isQuery) to.out.write(lines.out.map((line) => `${line}\n`).join(''));
  // Also for who wants to hear of nothing else: it cannot be asked for again.
  if (end.once !== undefined) to.out.write(withNewline(end.once));
  to.err.write(lines.err.map((line) => `${line}\n`).join(''));
}

const withNewline = (text: string): string =>
  text === '' || text.endsWith('\n') ? text : `${text}\n`;

interface LineContext {
  readonly view: RunView;
  readonly pulls: PullTeller;
  readonly options: RenderOptions;
  readonly style: ReturnType<typeof createTextStyle>;
}

function linesOf(event: DevServicesEvent, context: LineContext): string[] {
  const { view, pulls, options, style } = context;
  switch (event.event) {
    case 'service-state': {
      const { service, state, elapsedMs, reason } = event;
      if (state === 'pending' || state === 'failed') return [];
      const isEnd = state === 'ready' || state === 'completed';
      const tail = isEnd ? ` after ${formatDuration(elapsedMs)}` : '';
      return [`${service}: ${state}${tail}${reason ? ` (${plainLine(reason.text)})` : ''}`];
    }
    case 'image-progress':
      return [pulls.tell(event, Date.parse(event.at)) ?? []].flat();
    case 'probe-failed':
      return options.isVerbose ? [`${event.service}: ${plainLine(event.text)}`] : [];
    case 'log':
      // While services are brought up, their logs would drown what is said of them.
      return view.hasPlan && !options.isVerbose ? [] : [logLine(event, style)];
    case 'serving':
      return [`Serving on ${servingUrl(event)}`];
    case 'api-called':
      return [callLine(event, style)];
    case 'task-started':
    case 'phase-started':
    case 'phase-ended':
    case 'hook-ended':
    case 'hook-failed':
    case 'plan-made':
    case 'message':
    default:
      return [];
  }
}

const widthFor = (output: Output): number => (output.isTerminal ? output.columns : 10_000);
