import type { Output } from './renderer.ts';
import { widthOf } from './text-width.ts';

/** Lines at the bottom of a terminal that are drawn over again. */
export interface LiveRegion {
  draw(lines: readonly string[]): void;
  /** Takes the lines away; what is written next stands in their place. */
  erase(): void;
  /** Leaves these in their place, for good; nothing where nothing was drawn. */
  release(last: readonly string[]): void;
  /** Takes them away and shows the cursor again. */
  close(): void;
}

const hideCursor = '\u001B[?25l';
const showCursor = '\u001B[?25h';
const clearToEndOfLine = '\u001B[K';
const clearBelow = '\u001B[J';

/** A region of that terminal; each frame is one write and clears nothing before it is written over. */
export function createLiveRegion(out: Output): LiveRegion {
  let drawn: readonly string[] = [];
  let isCursorHidden = false;
  const backToTop = (): string => {
    // Terminals wrap what was drawn when they are made narrower.
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line, out.columns), 0);
    return rows === 0 ? '' : `\r\u001B[${Math.min(rows, out.rows)}A`;
  };
  const erase = (): void => {
    if (drawn.length > 0) out.write(`${backToTop()}${clearBelow}`);
    drawn = [];
  };
  const restoreCursor = (): void => {
    if (isCursorHidden) out.write(showCursor);
    isCursorHidden = false;
  };
  const draw = (lines: readonly string[]): void => {
    if (lines.length === 0 && drawn.length === 0) return;
    const hide = isCursorHidden ? '' : hideCursor;
    isCursorHidden = true;
    const text = lines.map((line) => `${line}${clearToEndOfLine}\n`).join('');
    out.write(`${hide}${backToTop()}${text}${clearBelow}`);
    drawn = lines;
  };
  return {
    draw,
    erase,
    release(last) {
      if (drawn.length > 0) draw(last);
      drawn = [];
      restoreCursor();
    },
    close() {
      erase();
      restoreCursor();
    },
  };
}

const rowsOf = (line: string, columns: number): number =>
  Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns)));
