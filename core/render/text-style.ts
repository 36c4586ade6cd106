import type { TextStyle } from '../task-spec.ts';
import { pad, widthOf } from './text-width.ts';

/** A style for where text goes: with colours or without any. */
export function createTextStyle({
  isColoured,
  columns,
}: {
  isColoured: boolean;
  columns: number;
}): TextStyle {
  const colour = (open: number, close: number) => (text: string) =>
    isColoured && text !== '' ? `\u001B[${open}m${text}\u001B[${close}m` : text;
  return {
    columns,
    bold: colour(1, 22),
    dim: colour(2, 22),
    red: colour(31, 39),
    green: colour(32, 39),
    yellow: colour(33, 39),
    cyan: colour(36, 39),
    table: renderTable,
  };
}

/** Whether colours are wanted: NO_COLOR and dumb terminals say no, FORCE_COLOR yes. */
export function wantsColour(options: {
  noColor: boolean;
  isTerminal: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): boolean {
  const { noColor, isTerminal, env } = options;
  if (noColor || env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return !['0', 'false'].includes(env['FORCE_COLOR']);
  return isTerminal && env['TERM'] !== 'dumb';
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows
    .map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
