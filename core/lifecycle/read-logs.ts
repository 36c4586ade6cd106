import { serviceErrors } from '../errors/catalogue/service.ts';
import type { LogLine, LogOptions } from '../run/runner.ts';
import { observe } from './down.ts';
import type { Kernel } from './kernel.ts';

export interface LogRequest extends Omit<LogOptions, 'signal'> {
  /** Empty: all. */
  services: readonly string[];
}

/** The lines of several services as one stream: by time where they were written, as they come when followed. */
export async function* readLogs(kernel: Kernel, request: LogRequest): AsyncIterable<LogLine> {
  const { services, ...options } = request;
  const found = await observe(kernel, await kernel.runners());
  const running = new Set(found.map(({ instance }) => instance.service));
  const known = new Set([...Object.keys(kernel.config?.services ?? {}), ...running]);
  const unknown = services.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw serviceErrors.create('DS_SERVICE_UNKNOWN', { names: unknown, known: [...known] });
  }
  const wanted = found.filter(
    ({ instance }) => services.length === 0 || services.includes(instance.service),
  );
  const end = new AbortController();
  const signal = AbortSignal.any([kernel.signal, end.signal]);
  const sources = wanted.map(({ runner, instance }) =>
    runner.logs(instance, { ...options, signal }),
  );
  try {
    yield* options.follow ? interleave(sources) : inOrderOfTime(sources);
  } finally {
    end.abort(new Error('nobody listens any more'));
  }
}

async function* inOrderOfTime(sources: readonly AsyncIterable<LogLine>[]): AsyncIterable<LogLine> {
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
    leave(readers);
  }
}

async function* interleave(sources: readonly AsyncIterable<LogLine>[]): AsyncIterable<LogLine> {
  const readers = sources.map((source) => source[Symbol.asyncIterator]());
  const readNext = (lines: AsyncIterator<LogLine>) => {
    const next = lines.next().then((found) => ({ lines, next: found }));
    // It may fail while a line of another is being printed; the next turn finds out.
    next.catch(() => {});
    return next;
  };
  const pending = new Map(readers.map((lines) => [lines, readNext(lines)]));
  try {
    while (pending.size > 0) {
      const { lines, next } = await Promise.race(pending.values());
      if (next.done === true) {
        pending.delete(lines);
        continue;
      }
      pending.set(lines, readNext(lines));
      yield next.value;
    }
  } finally {
    leave(readers);
  }
}

// One that waits for a line ends with its signal: nobody waits for it here.
function leave(readers: readonly AsyncIterator<LogLine>[]): void {
  for (const lines of readers) lines.return?.().catch(() => {});
}

// A line without a time keeps its place behind the ones of its own service.
const timeOf = (line: LogLine | undefined): number =>
  line?.at === undefined ? 0 : Date.parse(line.at);
