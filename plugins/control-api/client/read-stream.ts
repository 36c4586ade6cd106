import { reasonOf } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import type { StreamEvent } from '../route-spec.ts';
import { ApiError, failedCall } from './api-error.ts';
import type { ReceivedEvent } from './event-parser.ts';
import { readProblem } from './read-answer.ts';
import { receiveEvents } from './receive-events.ts';
import type { StreamSource } from './stream-source.ts';

const firstPauseMs = 100;
const longestPauseMs = 10_000;
// Whoever answers with these may answer otherwise a moment later; 0: nobody did.
const passingStatuses: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);

/**
 * The events of a stream, opened again from the last id where it was cut, ever more patiently, until its
 * end or the signal's. Throws what the first opening and a refused later one came to, what the server
 * says that ended it, DS_API_STREAM_DROPPED, DS_API_STREAM_REFUSED and DS_API_STREAM_UNREADABLE.
 */
export async function* readStream(source: StreamSource): AsyncGenerator<StreamEvent> {
  const { clock, signal = new AbortController().signal } = source;
  let lastId = source.lastEventId;
  let response = await source.open(lastId, signal);
  for (let failures = 0; ; failures += 1) {
    for await (const received of receiveEvents(bodyOf(response), signal)) {
      lastId = received.id ?? lastId;
      if (received.data === undefined) continue;
      const event = readEvent(source, received);
      if (event.event === 'end') {
        if (isComplete(event)) return;
        break;
      }
      await throwIfOver(source, event);
      failures = 0;
      yield event;
    }
    for (let isOpen = false; !isOpen;) {
      signal.throwIfAborted();
      await clock.sleep(Math.min(firstPauseMs * 2 ** failures, longestPauseMs), signal);
      try {
        response = await source.open(lastId, signal);
        isOpen = true;
      } catch (thrown) {
        signal.throwIfAborted();
        if (!isPassing(thrown)) throw thrown;
        failures += 1;
      }
    }
  }
}

const bodyOf = ({ body }: Response): ReadableStream<Uint8Array> => body ?? new Blob([]).stream();

function readEvent({ key }: StreamSource, { id, event, data = '' }: ReceivedEvent): StreamEvent {
  try {
    return {
      ...(id !== undefined && { id }),
      ...(event !== undefined && { event }),
      data: JSON.parse(data) as unknown,
    };
  } catch (thrown) {
    const problem = `an event's data is no JSON (${reasonOf(thrown)})`;
    throw apiErrors.create('DS_API_STREAM_UNREADABLE', { key, problem }, thrown);
  }
}

const isComplete = ({ data }: StreamEvent): boolean => factsOf(data)['reason'] === 'complete';

/** What the server says last is an error of the call. */
async function throwIfOver(
  { key, failed }: StreamSource,
  { event, data }: StreamEvent,
): Promise<void> {
  const { reason, lastEventId, detail, status } = factsOf(data);
  if (event === 'dropped') {
    const facts = { key, reason: textOf(reason), lastEventId: optionalText(lastEventId) };
    throw failedCall(apiErrors.create('DS_API_STREAM_DROPPED', facts), { ...failed, body: data });
  }
  const problemStatus = typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
  if (event === 'refused') {
    const error = apiErrors.create('DS_API_STREAM_REFUSED', { key, detail: textOf(detail) });
    throw failedCall(error, { ...failed, status: problemStatus, body: data });
  }
  if (event === 'failed') {
    const headers = { 'content-type': 'application/problem+json' };
    const answer = new Response(JSON.stringify(data), { status: problemStatus, headers });
    throw await readProblem(answer, failed);
  }
}

// An API of this process that was closed opens never again.
const isPassing = (thrown: unknown): boolean =>
  thrown instanceof ApiError &&
  passingStatuses.has(thrown.status) &&
  thrown.code !== 'DS_API_CLOSED';

const factsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const optionalText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const textOf = (value: unknown): string => optionalText(value) ?? 'no reason was given';
