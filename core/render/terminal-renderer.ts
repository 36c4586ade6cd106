import type { closingLines } from './closing-lines.ts';
import { createFrameLoop } from './frame-loop.ts';
import { liveLines } from './live-lines.ts';
import { createLiveRegion } from './live-region.ts';
import { logLine, messageLine } from './message-line.ts';
import { writeEnd } from './plain-renderer.ts';
import { pulledLine } from './pull-lines.ts';
import type { Output, Renderer, RenderOptions } from './renderer.ts';
import { applyEvent, createRunView, isMoving } from './run-view.ts';
import { callLine, servingUrl } from './serving-lines.ts';
import { createTextStyle } from './text-style.ts';

/** One live line a service, drawn over again as things happen, with what is said above it. */
export function createTerminalRenderer(options: RenderOptions): Renderer {
  const { out, err, clock, isColoured } = options;
  const view = createRunView();
  const region = createLiveRegion(out);
  const styleOf = (output: Output, isStyled: boolean) =>
    createTextStyle({ isColoured: isStyled, columns: output.columns });
  const styles = (): Parameters<typeof closingLines>[2] => ({
    out: styleOf(out, isColoured.out),
    err: styleOf(err, isColoured.err),
  });
  const linesAt = (nowMs: number | undefined): string[] =>
    liveLines(view, { nowMs, style: styles().out, rows: Math.max(1, out.rows - 1) });
  const loop = createFrameLoop({
    clock,
    isMoving: () => isMoving(view),
    draw: () => region.draw(linesAt(clock.now())),
  });
  const stopListening = out.onResize(() => loop.request());

  const printAbove = (output: Output, line: string): void => {
    // Where stderr goes elsewhere, the live lines can stay.
    if (output.isTerminal) region.erase();
    output.write(`${line}\n`);
    loop.request();
  };

  const close = (): void => {
    stopListening();
    loop.stop();
    region.close();
  };

  return {
    onEvent(event) {
      applyEvent(view, event);
      if (event.event === 'message') {
        const style = styles().err;
        printAbove(err, messageLine(event, { style, format: options.logFormat() }));
      } else if (event.event === 'log') {
        // While services are brought up, their logs would drown what is said of them.
        if (!view.hasPlan || options.isVerbose) printAbove(out, logLine(event, styles().out));
      } else if (event.event === 'serving') {
        printAbove(out, `Serving on ${styles().out.bold(servingUrl(event))}`);
      } else if (event.event === 'api-called') {
        printAbove(out, callLine(event, styles().out));
      } else if (event.event === 'image-progress' && pulledLine(event) !== undefined) {
        printAbove(out, styles().out.dim(pulledLine(event) ?? ''));
      } else {
        loop.request();
      }
    },
    finish(end) {
      close();
      writeEnd(view, end, { out, err, styles: styles(), isQuery: false });
    },
    yieldTerminal() {
      loop.stop();
      region.release(linesAt(undefined));
    },
    close,
  };
}
