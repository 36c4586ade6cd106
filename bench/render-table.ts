import { isWithin, type Row, type Skipped } from './row.ts';

/** The rows as a Markdown table, which bench/README.md holds too, and what was left out. */
export function renderTable(rows: readonly Row[], skipped: readonly Skipped[]): string {
  const cells = [
    ['what', 'beside', 'ratio', 'limit', 'ms', 'ms of the peer', 'runs'],
    ...rows.map((row) => [
      row.subject,
      row.peer,
      `${row.ratio.toFixed(2)}${isWithin(row) ? '' : ' too much'}`,
      row.limit?.toFixed(2) ?? '',
      `${row.subjectMs.toFixed(0)}${unitOf(row)}`,
      `${row.peerMs.toFixed(0)}${unitOf(row)}`,
      String(row.runs),
    ]),
  ];
  const widths = cells[0]?.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const [head, ...body] = cells.map((line) => renderLine(line, widths));
  const rule = `|${widths?.map((width, column) => `${'-'.repeat(width + 1)}${column > 1 ? ':' : '-'}`).join('|')}|`;
  const notes = skipped.map(({ what, reason }) => `Not measured: ${what} (${reason}).`);
  return [head, rule, ...body, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

const unitOf = ({ unit }: Row): string => (unit === undefined ? '' : ` ${unit}`);

// Texts to the left, numbers to the right.
function renderLine(line: readonly string[], widths: readonly number[] = []): string {
  const padded = line.map((cell, column) => {
    const width = widths[column] ?? 0;
    return column > 1 ? cell.padStart(width) : cell.padEnd(width);
  });
  return `| ${padded.join(' | ')} |`;
}
