import { isTaskFinished } from '../events.ts';
import { messageLine } from './message-line.ts';
import type { Renderer, RenderOptions } from './renderer.ts';
import { createTextStyle } from './text-style.ts';

/**
 * JSON alone on stdout: events one a line, up to the task's end, or the one document of a task that
 * answers a question. What is said goes to stderr; where all goes there, as events like the others.
 */
export function createJsonRenderer(options: RenderOptions): Renderer {
  const { out, err, isQuery, isOnStderr, isColoured } = options;
  const style = createTextStyle({ isColoured: isColoured.err, columns: 10_000 });
  let hasEnded = false;
  return {
    onEvent(event) {
      if (event.event === 'message' && !isOnStderr) {
        err.write(`${messageLine(event, { style, format: options.logFormat() })}\n`);
      } else if (!isQuery && !hasEnded) {
        hasEnded = isTaskFinished(event);
        out.write(`${JSON.stringify(event)}\n`);
      }
    },
    finish({ finished, answer }) {
      if (!isQuery) return;
      const { ok, exitCode, errors } = finished;
      const document = answer ? (answer.document ?? null) : { ok, exitCode, errors };
      out.write(`${JSON.stringify(document, null, 2)}\n`);
    },
    yieldTerminal() {},
    close() {},
  };
}
