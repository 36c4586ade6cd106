import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { loadStateFile, replaceStateFile } from 'devservices/machine';
import { formatIndex, formatMark, type LogMark, parseIndex } from './log-index.ts';

/** Half of the older ones are given up where there are more. */
const mostMarks = 16_384;

/** The index of a log as its one writer has it. Throws where the disk does; the next call makes it good. */
export interface IndexFile {
  append(mark: LogMark): void;
  /** Writes it anew, with the marks of `from` (without) to `to`. */
  rewrite(range: { base: number; from: number; to: number }): void;
  close(): void;
}

/** `base` is what the file says now, where there is one. */
export function openIndexFile(path: string, base: number): IndexFile {
  let count = 0;
  // Absent where what is on the disk is not to be added to.
  let open: number | undefined;
  let isClosed = false;
  const letGo = () => {
    if (open !== undefined) closeSync(open);
    open = undefined;
  };
  const write = (marks: readonly LogMark[]): void => {
    letGo();
    replaceStateFile(path, formatIndex({ base, marks }));
    if (!isClosed) open = openSync(path, 'a');
    count = marks.length;
  };
  const marksOnDisk = (): LogMark[] => parseIndex(loadStateFile(path) ?? '')?.marks ?? [];
  return {
    append(mark) {
      if (open === undefined) return write([...marksOnDisk(), mark]);
      if (count >= mostMarks) return write([...thinOut(marksOnDisk()), mark]);
      const line = formatMark(mark);
      try {
        const written = writeSync(open, line);
        if (written < line.length) letGo();
        count += 1;
      } catch (thrown) {
        letGo();
        throw thrown;
      }
    },
    rewrite({ base: newBase, from, to }) {
      const isSame = newBase === base;
      base = newBase;
      try {
        write(marksOnDisk().filter(({ offset }) => offset > from && offset <= to));
      } catch (thrown) {
        // Without one the parts say where the live file begins; this one would say it wrongly.
        if (!isSame) rmSync(path, { force: true });
        throw thrown;
      }
    },
    close() {
      isClosed = true;
      letGo();
    },
  };
}

// A line whose mark is gone counts as seen a little later, with the next.
function thinOut(marks: readonly LogMark[]): LogMark[] {
  const older = marks.length / 2;
  return marks.filter((_, index) => index >= older || index % 2 === 1);
}
