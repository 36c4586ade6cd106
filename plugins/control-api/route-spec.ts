import type { z } from 'devservices';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call a route. */
export type Access =
  /** Anybody, also without a token. */
  | 'anybody'
  /** Whoever is known: reads. */
  | 'known'
  /** Who the authorizer says may do this: writes. `sudo`: of those, who says `sudo` besides. */
  | { permission: string; sudo?: boolean };

/** What a call answers with when it goes well. */
export type Answer =
  /** `status` default 200. */
  | { kind: 'json'; description: string; status?: 200 | 201; schema: z.ZodType }
  /** 204 */
  | { kind: 'nothing'; description: string }
  | { kind: 'text'; description: string; contentType: string }
  /** Server-sent events, until whoever asked leaves; the schema is that of one event's JSON. */
  | { kind: 'stream'; description: string; schema: z.ZodType };

/** One thing that the API can do, as data: what the document, the checks and the types are made from. */
export interface RouteSpec<
  M extends Method = Method,
  Path extends `/${string}` = `/${string}`,
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Of extends Answer = Answer,
> {
  readonly method: M;
  /** Below `/api/0`, as OpenAPI writes it: `/services/{name}`. */
  readonly path: Path;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /** Heading in the documentation: `services`. */
  readonly tag: string;
  readonly access: Access;
  /** An object of the words in braces; texts, so `z.coerce` for what is none. */
  readonly params?: Params;
  /** An object, strict: a word that is not in it is refused. */
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Of;
  /** Codes worth documenting of what it throws, with their statuses. */
  readonly problems?: Readonly<Record<string, number>>;
}

/** Writes a route down with its types. Words of the path and of the query have different names. */
export function defineSpec<
  const M extends Method,
  const Path extends `/${string}`,
  Of extends Answer,
  Params extends z.ZodType = z.ZodNever,
  Query extends z.ZodType = z.ZodNever,
  Body extends z.ZodType = z.ZodNever,
>(spec: RouteSpec<M, Path, Params, Query, Body, Of>): RouteSpec<M, Path, Params, Query, Body, Of> {
  return spec;
}

/** One event of a stream. Without an id, a reader that is cut off goes on from the last one that had one. */
export interface StreamEvent<T = unknown> {
  id?: string | undefined;
  /** Default `message`. `end`, `dropped`, `refused` and `failed` are the API's own: they end a stream. */
  event?: string | undefined;
  data: T;
}

/** Whole events as they are sent, of a stream that many read: encoded once for all of them. */
export interface EncodedEvents {
  readonly encoded: Uint8Array;
}

/** What a handler gives for an answer. */
export type ResultOf<Of> = Of extends { kind: 'json'; schema: infer S extends z.ZodType }
  ? z.input<S>
  : Of extends { kind: 'stream'; schema: infer S extends z.ZodType }
    ? AsyncIterable<StreamEvent<z.input<S>> | EncodedEvents>
    : Of extends { kind: 'text' }
      ? string
      : void;

/** What a client gets for an answer. */
export type BodyOf<Of> = Of extends { kind: 'json'; schema: infer S extends z.ZodType }
  ? z.output<S>
  : Of extends { kind: 'text' }
    ? string
    : undefined;

/** The name by which a route is known: `GET /services/{name}`. */
export type KeyOf<Spec> = Spec extends {
  method: infer M extends string;
  path: infer P extends string;
}
  ? `${M} ${P}`
  : never;
