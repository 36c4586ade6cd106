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
  const sources = wanted.map(({ runner, instance }) =>
    runner.logs(instance, { ...options, signal: kernel.signal }),
  );
  yield* options.follow ? interleave(sources) : inOrderOfTime(sources);
}

async function* inOrderOfTime(sources: readonly AsyncIterable<LogLine>[]): AsyncIterable<LogLine> {
  const heads = await Promise.all(
    sources.map(async (source) => {
      const lines = source[Symbol.asyncIterator]();
      return { lines, next: await lines.next() };
    }),
  );
  for (;;) {
    const open = heads.filter(({ next }) => next.done !== true);
    const [first] = open.toSorted((a, b) => timeOf(a.next.value) - timeOf(b.next.value));
    if (!first) return;
    yield first.next.value as LogLine;
    first.next = await first.lines.next();
  }
}

async function* interleave(sources: readonly AsyncIterable<LogLine>[]): AsyncIterable<LogLine> {
  const pending = new Map(
    sources.map((source) => {
      const lines = source[Symbol.asyncIterator]();
      return [lines, lines.next().then((next) => ({ lines, next }))] as const;
    }),
  );
  while (pending.size > 0) {
    const { lines, next } = await Promise.race(pending.values());
    if (next.done === true) {
      pending.delete(lines);
      continue;
    }
    pending.set(
      lines,
      lines.next().then((following) => ({ lines, next: following })),
    );
    yield next.value;
  }
}

// A line without a time keeps its place behind the ones of its own service.
const timeOf = (line: LogLine | undefined): number =>
  line?.at === undefined ? 0 : Date.parse(line.at);
