import { type Clock, isDevServicesError, reasonOf, withDeadline } from 'devservices/machine';
import type {
  ApiClient,
  ApiResponse,
  ClientOptions,
  RawCallOptions,
  StreamOptions,
} from '../client.ts';
import { apiErrors } from '../errors.ts';
import type { Method } from '../route-spec.ts';
import { failedCall } from './api-error.ts';
import type { Outgoing } from './outgoing.ts';
import { type PreparedCall, prepareCall } from './prepare-call.ts';
import { isGood, readAnswer, readProblem } from './read-answer.ts';
import { readStream } from './read-stream.ts';

export interface ClientParts {
  /** Sends a call, and follows no redirection; what it throws that is none of ours is DS_API_UNREACHABLE. */
  send(outgoing: Outgoing): Promise<Response>;
  readonly clock: Clock;
  readonly options?: ClientOptions | undefined;
}

const usualTimeoutMs = 120_000;
// A timer for longer than that goes off at once.
const longestTimeoutMs = 2 ** 31 - 1;

/** A client of whatever answers what is sent: this process's API, or one over HTTP. */
export function createClient({ send, clock, options: usual = {} }: ClientParts): ApiClient {
  const exchange = async (
    { outgoing, failed, key }: PreparedCall,
    signal: AbortSignal,
  ): Promise<Response> => {
    let response: Response;
    try {
      response = await send({ ...outgoing, signal });
    } catch (thrown) {
      signal.throwIfAborted();
      if (isDevServicesError(thrown)) throw thrown;
      const reason = reasonOf(thrown instanceof Error ? (thrown.cause ?? thrown) : thrown);
      const error = apiErrors.create('DS_API_UNREACHABLE', { key, reason }, thrown);
      throw failedCall(error, failed);
    }
    if (!signal.aborted) return response;
    // Nobody reads it any more: a stream would go on for ever.
    await response.body?.cancel();
    throw signal.reason;
  };
  const call = async (
    method: Method,
    path: string,
    options: RawCallOptions = {},
  ): Promise<ApiResponse> => {
    const prepared = prepareCall({ method, path, options, usual });
    const { key, failed } = prepared;
    const timeoutMs = timeoutOf(options.timeoutMs ?? usual.timeoutMs, key);
    options.signal?.throwIfAborted();
    return withDeadline(
      { clock, ms: timeoutMs, signal: options.signal },
      async (signal) => {
        const response = await exchange(prepared, signal);
        if (!isStream(response)) return readAnswer(response, failed);
        await response.body?.cancel();
        const problem = 'it streams, which only `stream()` reads';
        throw apiErrors.create('DS_API_CALL_INVALID', { key, problem });
      },
      () => failedCall(apiErrors.create('DS_API_TIMEOUT', { key, timeoutMs }), failed),
    );
  };
  const stream = (path: string, options: StreamOptions & RawCallOptions = {}) => {
    const prepared = prepareCall({ method: 'GET', path, options, usual });
    const { key, failed, outgoing } = prepared;
    const { signal, lastEventId } = options;
    return readStream({
      key,
      failed,
      signal,
      lastEventId,
      clock,
      async open(id, opening) {
        const headers = { accept: 'text/event-stream', ...(id && { 'last-event-id': id }) };
        const response = await exchange(
          { ...prepared, outgoing: { ...outgoing, headers } },
          opening,
        );
        if (!isGood(response)) throw await readProblem(response, failed);
        if (isStream(response)) return response;
        await response.body?.cancel();
        throw apiErrors.create('DS_API_CALL_INVALID', { key, problem: 'it does not stream' });
      },
    });
  };
  const verb = (method: Method) => (path: string, options?: RawCallOptions) =>
    call(method, path, options);
  const client = {
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    request: call,
    stream,
  };
  // What a path takes and gives is in its types alone.
  return client as unknown as ApiClient;
}

function timeoutOf(given: number = usualTimeoutMs, key: string): number {
  if (given >= 0) return Math.min(given, longestTimeoutMs);
  const problem = '`timeoutMs` is not a number of milliseconds';
  throw apiErrors.create('DS_API_CALL_INVALID', { key, problem });
}

function isStream({ headers }: Response): boolean {
  return /^text\/event-stream *(?:;|$)/i.test(headers.get('content-type') ?? '');
}
