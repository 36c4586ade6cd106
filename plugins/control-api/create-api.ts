import type { ApiContext } from './api-context.ts';
import { createApiMetrics } from './api-metrics.ts';
import type { AuditedCall } from './app/audit.ts';
import type { HttpCall } from './app/call.ts';
import { checkFilesPath, checkRoute } from './app/check-route.ts';
import { createApp } from './app/create-app.ts';
import { createInProcessClient } from './client/in-process.ts';
import type { ControlApi } from './contract.ts';
import { createFileServer, type FileServer } from './files/serve-files.ts';
import { describeApi } from './openapi/describe-api.ts';
import type { Route } from './route.ts';
import { createRoutes } from './routes/index.ts';
import type { Limits } from './server/limits.ts';

/** The API as its server needs it. */
export interface Api extends ControlApi {
  /** Answers a request that came over HTTP; never rejects. */
  fetch(request: Request, call: HttpCall): Promise<Response>;
  /** Tells what the server refused by itself. */
  audit(call: AuditedCall): void;
  readonly log: ApiContext['log'];
  /** Ends streams and what is under way. */
  close(): void;
}

/** What an API is made from. */
export type ApiParts = Omit<ApiContext, 'apiMetrics' | 'describe'>;

/** What it is served with, unless it is said. */
export interface ServingDefaults {
  port?: number | undefined;
  limits?: Partial<Limits> | undefined;
}

/** The API of a project, with its own routes; plugins add theirs. */
export function createApi(parts: ApiParts, serving: ServingDefaults = {}): Api {
  const closing = new AbortController();
  const signal = AbortSignal.any([parts.signal, closing.signal]);
  const routes: Route[] = [];
  const files = new Map<string, FileServer>();
  const describe = () => describeApi(routes);
  const context: ApiContext = { ...parts, signal, apiMetrics: createApiMetrics(), describe };
  const { clock, log } = context;
  const app = createApp({
    context,
    routes,
    files,
    clientOf: (within) => createInProcessClient({ app, clock, within }),
  });
  const add: ControlApi['add'] = (...added) => {
    for (const route of added) {
      checkRoute(route, routes);
      routes.push(route);
    }
    app.renew();
  };
  add(...createRoutes(context));
  const served = { fetch: app.fetch, audit: app.audit.refused, log };
  return {
    routes,
    describe,
    add,
    addFiles({ path, folder }) {
      checkFilesPath(path, [...files.keys()]);
      files.set(path, createFileServer({ path, folder }));
    },
    client: (options) => createInProcessClient({ app, clock, options }),
    ...served,
    async listen(options = {}) {
      const { serveApi } = await import('./server/serve-api.ts');
      return serveApi({
        app: served,
        folder: context.checkoutFolder,
        clock,
        signal,
        limits: serving.limits ?? {},
        options: { ...options, port: options.port ?? serving.port },
      });
    },
    close() {
      app.audit.close();
      closing.abort();
    },
  };
}
