import { Hono } from 'hono';
import { reasonOf } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import type { ApiClient } from '../client.ts';
import { apiErrors } from '../errors.ts';
import type { FileServer } from '../files/serve-files.ts';
import type { Route } from '../route.ts';
import { createAnswerCall } from './answer-call.ts';
import { type Audit, createAudit } from './audit.ts';
import type { Link } from './call-chain.ts';
import type { ApiCall, Trace } from './call.ts';
import { isApiPath, matchPath, prefix } from './paths.ts';
import { problemOf, toResponse } from './problem.ts';
import { createRights } from './rights.ts';
import { addHeaders } from './security-headers.ts';

export interface AppOptions {
  readonly context: ApiContext;
  readonly routes: readonly Route[];
  /** By the path below which they are. */
  readonly files: ReadonlyMap<string, FileServer>;
  /** Calls as whoever made the call that is being answered. */
  clientOf(link: Link): ApiClient;
}

/** Answers requests, of this process as of the network; never rejects. */
export interface App {
  fetch(request: Request, call: ApiCall): Promise<Response>;
  readonly audit: Audit;
  /** Routes or files were added. */
  renew(): void;
}

interface Env {
  Bindings: { call: ApiCall; trace: Trace };
}

export function createApp(options: AppOptions): App {
  const { context, files } = options;
  const audit = createAudit(context);
  const answer = createAnswerCall({ ...options, rights: createRights(context) });
  const build = (): Hono<Env> => {
    // As it was sent: an encoded slash is none.
    const app = new Hono<Env>({ getPath: ({ url }) => new URL(url).pathname });
    for (const route of options.routes.toSorted(bySpecificity)) {
      app.on(route.method, `${prefix}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`, (c) =>
        answer(route, c.req.raw, c.env),
      );
    }
    app.notFound((c) => refuseUnknown(options.routes, c.req.raw, c.env.trace));
    return app;
  };
  let app: Hono<Env> | undefined;

  const dispatch = async (request: Request, call: ApiCall, trace: Trace): Promise<Response> => {
    if (context.signal.aborted) {
      trace.code = 'DS_API_CLOSED';
      return toResponse(problemOf(apiErrors.create('DS_API_CLOSED', {}), { key: request.method }));
    }
    const { pathname } = new URL(request.url);
    if (isApiPath(pathname)) {
      // Hono answers HEAD as a GET whose body is thrown away: a stream would be left open by that.
      if (request.method === 'HEAD') return refuseUnknown(options.routes, request, trace);
      return (app ??= build()).fetch(request, { call, trace });
    }
    // Those of a longer path first: what is below another folder is not looked for in that one.
    const servers = [...files].toSorted(([a], [b]) => b.length - a.length);
    for (const [, serve] of servers) {
      const response = await serve(request);
      if (response) return response;
    }
    return refuseUnknown(options.routes, request, trace);
  };
  return {
    audit,
    renew: () => void (app = undefined),
    async fetch(request, call) {
      const started = context.clock.monotonic();
      const trace: Trace = { route: '', by: 'anonymous' };
      const response = addHeaders(
        await dispatch(request, call, trace).catch((thrown: unknown) => {
          // Of files: what answers a route tells what it throws by itself.
          context.log.error(`A request could not be answered: ${reasonOf(thrown)}`);
          return toResponse(problemOf(thrown, { key: request.method }));
        }),
      );
      const elapsedMs = context.clock.monotonic() - started;
      const { method } = request;
      const { status } = response;
      const { route, by, code } = trace;
      context.apiMetrics.noteCall({ method, route, status, elapsedMs });
      const path = new URL(request.url).pathname;
      audit.note({ method, path, status, by, elapsedMs, ...(code !== undefined && { code }) });
      return response;
    },
  };
}

// A word that is written down comes before one in braces, in whatever order they were added.
function bySpecificity(a: Route, b: Route): number {
  const rank = ({ path }: Route): string =>
    path
      .split('/')
      .map((segment) => (segment.startsWith('{') ? '1' : '0'))
      .join('');
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0;
}

function refuseUnknown(routes: readonly Route[], request: Request, trace: Trace): Response {
  const { method } = request;
  const path = new URL(request.url).pathname;
  const allowed = routes
    .filter((route) => matchPath(route.path, path))
    .map((route) => route.method);
  const error =
    allowed.length === 0
      ? apiErrors.create('DS_API_ROUTE_UNKNOWN', { method, path: path.slice(0, 200) })
      : apiErrors.create('DS_API_METHOD_REFUSED', { method, path: path.slice(0, 200), allowed });
  trace.code = error.code;
  const headers = allowed.length === 0 ? undefined : { allow: [...new Set(allowed)].join(', ') };
  return toResponse(problemOf(error, { key: method }), headers);
}
