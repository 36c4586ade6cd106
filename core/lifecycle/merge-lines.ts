import type { LogLine } from '../run/runner.ts';

/** Several logs as one, by the time at which each line was written; ends with the last of them. */
export async function* mergeLines(
  sources: readonly AsyncIterable<LogLine>[],
): AsyncIterable<LogLine> {
  const readers = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(
      readers.map(async (lines) => ({ lines, next: await lines.next() })),
    );
    for (;;) {
      const open = heads.filter(({ next }) => next.done !== true);
      const [first] = open.toSorted((a, b) => timeOf(a.next.value) - timeOf(b.next.value));
      if (!first) return;
      yield first.next.value as LogLine;
      first.next = await first.lines.next();
    }
  } finally {
    // One that waits for a line ends with its signal: nobody waits for it here.
    for (const lines of readers) lines.return?.().catch(() => {});
  }
}

// A line without a time keeps its place behind the ones of its own service.
const timeOf = (line: LogLine | undefined): number =>
  line?.at === undefined ? 0 : Date.parse(line.at);
