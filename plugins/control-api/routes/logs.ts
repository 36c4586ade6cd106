import { DevServicesError, type Host } from 'devservices';
import type { LogLine } from 'devservices/runner';
import { reasonOf, resolveMoment, serviceErrors } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { StreamEvent } from '../route-spec.ts';
import type { logSpecs } from '../specs/logs.ts';
import { gatherValues } from '../streams/gather-values.ts';
import { createLogCursor, type LogCursor } from '../streams/log-cursor.ts';

type LogRequest = Parameters<Host['logs']>[0];

/** What the services write, through a host of each reader's own. */
export function logHandlers(
  context: Pick<ApiContext, 'project' | 'clock' | 'log'>,
): Handlers<(typeof logSpecs)[number]> {
  const { project, clock } = context;
  return {
    async 'GET /logs'({ query, lastEventId, signal }) {
      const nowMs = clock.now();
      const { service: services = [], tail, follow } = query;
      const askedMs = query.since === undefined ? undefined : resolveSince(query.since, nowMs);
      const cursor = createLogCursor({
        id: lastEventId,
        sinceMs: askedMs,
        isTail: tail !== undefined,
        nowMs,
      });
      // Where it goes on, what was asked for at first was given already.
      const isResumed = lastEventId !== undefined;
      const sinceMs = isResumed ? cursor.sinceMs : askedMs;
      const request = {
        services,
        follow,
        ...(sinceMs === undefined ? {} : { sinceMs }),
        ...(tail === undefined || isResumed ? {} : { tail }),
      };
      const host = project.open({ signal });
      // Also where nobody comes to read.
      signal.addEventListener('abort', () => void host.close(), { once: true });
      try {
        await assertKnown(host, services);
        await learnSecrets(host, context);
      } catch (thrown) {
        await host.close();
        throw thrown;
      }
      return readLines({ host, request, cursor, clock, signal });
    },
  };
}

interface Reading {
  host: Host;
  request: LogRequest;
  cursor: LogCursor;
  clock: ApiContext['clock'];
  signal: AbortSignal;
}

// Besides its text, what stands around it.
const sizeOf = ({ text }: LogLine): number => text.length + 100;

async function* readLines({
  host,
  request,
  cursor,
  clock,
  signal,
}: Reading): AsyncGenerator<StreamEvent<{ lines: LogLine[] }>> {
  try {
    for await (const batch of gatherValues(host.logs(request), { clock, sizeOf })) {
      const lines = batch
        .filter((line) => cursor.take(line))
        .map((line) => ({ ...line, text: host.redact(line.text) }));
      if (lines.length > 0) yield { id: cursor.encode(), data: { lines } };
    }
  } catch (thrown) {
    // Who left ended it.
    if (!signal.aborted) throw thrown;
  } finally {
    await host.close();
  }
}

/** Also of services that are there and no longer in the configuration. Throws DS_SERVICE_UNKNOWN. */
async function assertKnown(host: Host, services: readonly string[]): Promise<void> {
  if (services.length === 0) return;
  const [status] = await host.status();
  const known = Object.keys(status?.services ?? {});
  const names = services.filter((name) => !known.includes(name));
  if (names.length > 0) throw serviceErrors.create('DS_SERVICE_UNKNOWN', { names, known });
}

async function learnSecrets(host: Host, { log }: Pick<ApiContext, 'log'>): Promise<void> {
  for (const thrown of await host.learnSecrets()) {
    log.warn(`A secret could not be read, and is not taken out of logs: ${reasonOf(thrown)}`);
  }
}

function resolveSince(since: string, nowMs: number): number {
  const sinceMs = resolveMoment(since, nowMs);
  if (sinceMs !== undefined) return sinceMs;
  throw new DevServicesError({
    code: 'DS_ARGUMENT_INVALID',
    blame: 'user',
    message: '`since` takes a time or a duration, and was given something else.',
    hint: 'Give a time like 2026-01-31T10:00:00Z, or a duration like 10m.',
  });
}
