import type { ApiClient, ClientOptions } from './client.ts';
import type { Route } from './route.ts';
import type { ApiTokens } from './tokens/api-tokens.ts';

declare module 'devservices' {
  interface Contracts {
    api: ControlApi;
    apiTokens: ApiTokens;
  }
}

/** What a project can be asked over HTTP, and in this process by the same routes. */
export interface ControlApi extends ApiRoutes {
  /** A client in this process: no socket, no token. */
  client(options?: ClientOptions): ApiClient;
  /** In the order in which they were added. */
  readonly routes: readonly Route[];
  /** The OpenAPI 3.1 document of all routes. */
  describe(): Readonly<Record<string, unknown>>;
}

/** Where plugins add routes, through `extend`. */
export interface ApiRoutes {
  /** Throws DS_API_ROUTE_INVALID and DS_API_ROUTE_CLASH. */
  add(...routes: readonly Route[]): void;
  /** Serves the files of a folder below a path, to anybody; `index.html` for the folder itself. */
  addFiles(files: { path: `/${string}`; folder: string }): void;
}
