import { randomBytes } from 'node:crypto';

/** Everything before `offset` was there at `at`. */
export interface LogMark {
  /** Logical: bytes since the first start. */
  offset: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What the index of a log says. */
export interface LogIndex {
  /** Its first line: new whenever the index is written anew, the same while marks are added. */
  header: string;
  /** Logical offset of the live file's first byte. */
  base: number;
  /** In order; both numbers only grow. */
  marks: LogMark[];
}

/** Longer than any header. */
export const headerBytes = 80;

const headerPattern = /^log 1 [0-9a-f]{12} (\d+)$/;
const markPattern = /^(\d+) (\d+)$/;

/** An index as text, with a header of its own. */
export function formatIndex({ base, marks }: { base: number; marks: readonly LogMark[] }): string {
  return `log 1 ${randomBytes(6).toString('hex')} ${base}\n${marks.map(formatMark).join('')}`;
}

export const formatMark = ({ offset, at }: LogMark): string => `${offset} ${at}\n`;

/** The index that a text is; undefined for any other. A last line that was not written whole is left out. */
export function parseIndex(text: string): LogIndex | undefined {
  const header = parseHeader(text);
  if (header === undefined) return undefined;
  return { ...header, marks: parseMarks(text.slice(header.header.length + 1)).marks };
}

/** The first line of an index, from its first bytes. */
export function parseHeader(text: string): Pick<LogIndex, 'header' | 'base'> | undefined {
  const end = text.indexOf('\n');
  const base = end < 0 ? undefined : headerPattern.exec(text.slice(0, end))?.[1];
  return base === undefined ? undefined : { header: text.slice(0, end), base: Number(base) };
}

/** The marks in a text that comes after `before`, and how much of it they take: the rest is not whole yet. */
export function parseMarks(text: string, before?: LogMark): { marks: LogMark[]; length: number } {
  const length = text.lastIndexOf('\n') + 1;
  const marks: LogMark[] = [];
  let last = before ?? { offset: -1, at: 0 };
  for (const line of text.slice(0, length).split('\n')) {
    const [, offset, at] = markPattern.exec(line) ?? [];
    const mark = { offset: Number(offset), at: Number(at) };
    if (offset === undefined || mark.offset <= last.offset || mark.at < last.at) continue;
    marks.push(mark);
    last = mark;
  }
  return { marks, length };
}
