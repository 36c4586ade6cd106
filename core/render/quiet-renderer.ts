import { isShown } from '../log.ts';
import { logLine, messageLine } from './message-line.ts';
import { writeEnd } from './plain-renderer.ts';
import type { Renderer, RenderOptions } from './renderer.ts';
import { applyEvent, createRunView } from './run-view.ts';
import { servingUrl } from './serving-lines.ts';
import { createTextStyle } from './text-style.ts';

/** Warnings, errors and answers, and nothing else. */
export function createQuietRenderer(options: RenderOptions): Renderer {
  const { out, err, isColoured } = options;
  const styles = {
    out: createTextStyle({ isColoured: isColoured.out, columns: 10_000 }),
    err: createTextStyle({ isColoured: isColoured.err, columns: 10_000 }),
  };
  const view = createRunView();
  return {
    onEvent(event) {
      applyEvent(view, event);
      // The lines of `logs` are its answer.
      if (event.event === 'log' && !view.hasPlan) out.write(`${logLine(event, styles.out)}\n`);
      // Without it, nobody could use what is served.
      if (event.event === 'serving') out.write(`${servingUrl(event)}\n`);
      if (event.event !== 'message' || !isShown(event.level, 'warn')) return;
      err.write(`${messageLine(event, { style: styles.err, format: options.logFormat() })}\n`);
    },
    finish(end) {
      writeEnd(view, end, { out, err, styles, isQuery: true });
    },
    yieldTerminal() {},
    close() {},
  };
}
