import { setMaxListeners } from 'node:events';
import type { Instance, LogLine, LogOptions, Runner, RunnerEvent } from '../run/runner.ts';
import { assertKnown } from './down.ts';
import type { Kernel } from './kernel.ts';
import { createLineQueue } from './line-queue.ts';
import { createLogPosition, type LogPosition } from './log-position.ts';
import { createLogReader, type LogReader, observePatiently } from './log-reader.ts';
import { mergeLines } from './merge-lines.ts';

export interface LogRequest extends Omit<LogOptions, 'signal'> {
  /** Empty: all. */
  services: readonly string[];
}

/**
 * What was written by time, then every line as it comes, over restarts, recreation, services that
 * start later, and an engine that goes away and comes back. Ends with the signal alone: between an
 * end and a new beginning there is nothing to follow, and more may come.
 */
export async function* followLogs(kernel: Kernel, request: LogRequest): AsyncIterable<LogLine> {
  const end = new AbortController();
  const followed: Kernel = { ...kernel, signal: AbortSignal.any([kernel.signal, end.signal]) };
  const { signal } = followed;
  // As many logs as there are listen to it.
  setMaxListeners(0, signal);
  const queue = createLineQueue<LogLine>();
  const onEnd = () => queue.end(kernel.signal.reason);
  signal.addEventListener('abort', onEnd, { once: true });
  try {
    const runners = await kernel.runners();
    // Whatever starts after the look below is told by the watch that began before it.
    const sources = await Promise.all(runners.map((runner) => watchRunner(followed, runner)));
    const there = sources.flatMap(({ instances }) => instances);
    assertKnown(kernel, request.services, there);
    const isWanted = ({ service }: { service: string }) =>
      request.services.length === 0 || request.services.includes(service);
    if (!there.some(isWanted)) kernel.log.info('Nothing of it is there yet: waiting.');

    const { sinceMs, tail } = request;
    const from = {
      ...(sinceMs === undefined ? {} : { sinceMs }),
      ...(tail === undefined ? {} : { tail }),
    };
    const positions = new Map(there.map(({ id }) => [id, createLogPosition(from)]));
    yield* mergeLines(
      sources.flatMap(({ runner, instances }) =>
        instances.filter(isWanted).map((instance) => {
          const log = runner.logs(instance, { follow: false, signal, ...from });
          return noted(log, positions.get(instance.id));
        }),
      ),
    );
    for (const { runner, instances, events } of sources) {
      const readerOf = (instance: Instance) =>
        createLogReader({
          ...followed,
          runner,
          instance,
          position: positions.get(instance.id) ?? createLogPosition({}),
          onLine: queue.push,
          onError: queue.end,
        });
      void followEvents(followed, { runner, instances, events, isWanted, readerOf }).catch(
        (thrown: unknown) => queue.end(thrown),
      );
    }
    yield* queue;
  } finally {
    signal.removeEventListener('abort', onEnd);
    // Who waits for room finds that there is nothing to wait for.
    queue.end();
    end.abort(new Error('nobody listens any more'));
  }
}

interface Source {
  runner: Runner;
  instances: readonly Instance[];
  events: AsyncIterable<RunnerEvent>;
}

async function watchRunner({ project, signal }: Kernel, runner: Runner): Promise<Source> {
  const events = await runner.watch(project, signal);
  const { instances } = await runner.observe(project, signal);
  return { runner, instances, events };
}

async function* noted(
  log: AsyncIterable<LogLine>,
  position: LogPosition | undefined,
): AsyncIterable<LogLine> {
  for await (const line of log) {
    position?.take(line);
    yield line;
  }
}

async function followEvents(
  kernel: Kernel,
  source: Source & {
    isWanted(one: { service: string }): boolean;
    readerOf(instance: Instance): LogReader;
  },
): Promise<void> {
  const { log } = kernel;
  const { runner, isWanted, readerOf } = source;
  const readers = new Map<string, LogReader>();
  const openAll = (instances: readonly Instance[]): void => {
    for (const instance of instances.filter(isWanted)) {
      const reader = readers.get(instance.id) ?? readerOf(instance);
      readers.set(instance.id, reader);
      reader.open();
    }
  };
  const look = async () => (await observePatiently({ ...kernel, runner })).instances;
  openAll(source.instances);
  for await (const event of source.events) {
    switch (event.type) {
      case 'started': {
        if (!isWanted(event)) break;
        const known = readers.get(event.id);
        if (known) known.open();
        else openAll((await look()).filter(({ id }) => id === event.id));
        break;
      }
      case 'exited':
        if (!isWanted(event)) break;
        log.info(
          `${event.service} ended with exit code ${event.exitCode ?? 'unknown'}${event.willRestart ? ', and is started again' : ''}.`,
        );
        break;
      case 'removed':
        readers.delete(event.id);
        break;
      case 'lost':
        log.warn(`${event.error.message} Its logs go on when it is back.`);
        break;
      case 'regained':
        log.info('It is back: the logs go on.');
        openAll(await look());
        break;
      case 'health':
        break;
      default:
        event satisfies never;
    }
  }
}
