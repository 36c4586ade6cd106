import type { Readable } from 'node:stream';
import type { Instance, LogLine, LogOptions } from 'devservices/runner';
import { toEngineError } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { createDemuxer } from './demux.ts';
import { createLineJoiner } from './join-lines.ts';
import type { StampedLine } from './join-lines.ts';

/** A container's log, line by line; ends with the container, or when the signal aborts. */
export async function* readLogs(
  engine: Engine,
  { id, service }: Instance,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  const { signal } = options;
  if (signal.aborted) return;
  const doing = `read the log of ${service}`;
  const demux = createDemuxer();
  const joiners = { stdout: createLineJoiner(), stderr: createLineJoiner() };
  const named = (stream: LogLine['stream'], lines: StampedLine[]): LogLine[] =>
    lines.map((line) => ({ service, stream, ...line }));
  let log: Readable | undefined;
  try {
    log = await engine.ask({ doing, signal }, async (client) => {
      const request = logRequest(id, options);
      return (await promisedDial(client.modem, request)) as Readable;
    });
    for await (const chunk of log as AsyncIterable<Buffer>) {
      for (const { stream, bytes, isFramed } of demux(chunk)) {
        yield* named(stream, joiners[stream].push(bytes, isFramed));
      }
    }
    for (const stream of ['stdout', 'stderr'] as const) yield* named(stream, joiners[stream].end());
  } catch (thrown) {
    if (!signal.aborted) throw toEngineError(thrown, { doing, address: engine.url });
  } finally {
    log?.destroy();
  }
}

// The client's own `logs` gathers a log that is not followed in memory, however long it is.
function logRequest(id: string, { follow, tail, sinceMs, signal }: LogOptions): object {
  return {
    path: `/containers/${id}/logs?`,
    method: 'GET',
    isStream: true,
    abortSignal: signal,
    options: {
      stdout: true,
      stderr: true,
      timestamps: true,
      follow,
      ...(tail === undefined ? {} : { tail }),
      ...(sinceMs === undefined ? {} : { since: (sinceMs / 1000).toFixed(3) }),
    },
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  };
}

interface Modem {
  dial(request: object, callback: (error: Error | null, answer: unknown) => void): void;
}

function promisedDial(modem: Modem, request: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    modem.dial(request, (error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}
