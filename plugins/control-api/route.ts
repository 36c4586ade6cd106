import type { z } from 'devservices';
import type { ApiClient } from './client.ts';
import type { Principal } from './principal.ts';
import type { Answer, KeyOf, Method, ResultOf, RouteSpec } from './route-spec.ts';

/** One call, its values checked by the route's schemas. */
export interface ApiRequest<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly principal: Principal;
  /** For audit logs: `os:ada`, `user:ada`, `token:ci`. */
  readonly by: string;
  /** Calls other routes as whoever called this one; together they can do no more than each alone. */
  readonly client: ApiClient;
  /** Of a stream: the id of the last event that was seen, where one was. */
  readonly lastEventId: string | undefined;
  /** Aborts when whoever asked has left a stream, or the server closes. */
  readonly signal: AbortSignal;
  /** Whether whoever asks may do something that the route itself does not need, by the authorizer. */
  allows(permission: string): Promise<boolean>;
}

type OutputOf<S> = S extends z.ZodNever ? undefined : S extends z.ZodType ? z.output<S> : undefined;

/** What answers a route's calls. What it throws is told as a problem with its code. */
export type Handler<Spec> =
  Spec extends RouteSpec<Method, `/${string}`, infer Params, infer Query, infer Body, infer Of>
    ? (
        request: ApiRequest<OutputOf<Params>, OutputOf<Query>, OutputOf<Body>>,
      ) => ResultOf<Of> | Promise<ResultOf<Of>>
    : never;

/** By `GET /services/{name}`, one for each of these specs. */
export type Handlers<Spec> = { readonly [One in Spec as KeyOf<One>]: Handler<One> };

/** A route that can be called. */
export interface Route extends RouteSpec {
  // A method: what takes the values of its own schemas may stand where any may be given.
  handle(request: ApiRequest<never, never, never>): unknown;
}

/**
 * A route of a plugin's own, with its types.
 *
 * @example
 * extend('api', (api) => api.add(defineRoute(
 *   { method: 'GET', path: '/mails', tag: 'mail', summary: 'All mails', access: 'known',
 *     answer: { kind: 'json', description: 'Newest first', schema: z.array(mail) } },
 *   () => mailbox.list(),
 * )));
 */
export function defineRoute<
  const M extends Method,
  const Path extends `/${string}`,
  Of extends Answer,
  Params extends z.ZodType = z.ZodNever,
  Query extends z.ZodType = z.ZodNever,
  Body extends z.ZodType = z.ZodNever,
>(
  spec: RouteSpec<M, Path, Params, Query, Body, Of>,
  handle: Handler<RouteSpec<M, Path, Params, Query, Body, Of>>,
): Route {
  return { ...spec, handle };
}
