import type { CallArguments, Called, PathOf, Streamed, StreamPath } from './call-types.ts';
import type { Principal } from './principal.ts';
import type { Method, StreamEvent } from './route-spec.ts';

/** As whom a call is made. Over HTTP `owner` is whoever has the server's own token, and nobody else. */
export type As = 'owner' | 'anonymous' | { user: string } | { token: string };

export interface ClientOptions {
  /** Default: `anonymous`; within a handler, whoever called it. */
  as?: As | undefined;
  /** Of every call, milliseconds; default 120,000, as a start may take its time. Streams have none. */
  timeoutMs?: number | undefined;
}

export interface CallOptions extends ClientOptions {
  /**
   * Acts as the superuser that a user is: permissions that only superusers have count then, and not
   * otherwise. Default: false of users; true of tokens, which were given theirs for that.
   */
  superuser?: boolean | undefined;
  /** Says that one means it, where it is decided who may do what. Default: false. */
  sudo?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** What came back: 2xx or 3xx. */
export interface ApiResponse<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/**
 * Calls the API, in this process or over HTTP. A path is written as its route has it
 * (`/services/{name}`), with or without `/api/0` in front. Whatever is not 2xx or 3xx throws an ApiError.
 *
 * @example
 * const { body } = await client.get('/services/{name}', { params: { name: 'postgres' } });
 */
export interface ApiClient {
  get: Call<'GET'>;
  post: Call<'POST'>;
  put: Call<'PUT'>;
  patch: Call<'PATCH'>;
  delete: Call<'DELETE'>;
  /** Any path as it is, for what has no types here; also on behalf of a request that is being answered. */
  request(method: Method, path: string, options?: RawCallOptions): Promise<ApiResponse>;
  /**
   * The events of a route that streams. A stream that is cut is opened again from the last id, until
   * `signal` aborts; one that the server gives up throws an ApiError (DS_API_STREAM_DROPPED).
   */
  stream<Path extends StreamPath>(
    path: Path,
    options?: CallArguments<'GET', Path> & StreamOptions,
  ): AsyncIterable<StreamEvent<Streamed<Path>>>;
}

export type Call<M extends Method> = <Path extends PathOf<M>>(
  path: Path,
  // oxlint-disable-next-line typescript/no-empty-object-type -- whether all of it may be left out
  ...options: {} extends CallArguments<M, Path>
    ? [options?: CallArguments<M, Path> & CallOptions]
    : [options: CallArguments<M, Path> & CallOptions]
) => Promise<ApiResponse<Called<M, Path>>>;

export interface StreamOptions extends CallOptions {
  /** Where to go on. */
  lastEventId?: string | undefined;
}

export interface RawCallOptions extends CallOptions {
  /** Of the path and of the query. */
  params?: Readonly<Record<string, unknown>> | undefined;
  body?: unknown;
  /** Takes over whoever made that request; refused together with `as` (DS_API_TWO_PRINCIPALS). */
  request?: { readonly principal: Principal } | undefined;
}
