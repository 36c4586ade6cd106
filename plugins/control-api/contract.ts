import type { ApiClient, ClientOptions } from './client.ts';
import type { Route } from './route.ts';
import type { ApiServer, ListenOptions } from './server/serving.ts';
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
  /**
   * Serves the routes over HTTP until the server is closed or the host ends. Throws
   * DS_API_SERVED_ALREADY where the checkout has a server, DS_API_BIND_REFUSED, DS_API_ADDRESS_UNUSABLE,
   * DS_API_PORT_TAKEN and DS_API_TLS_UNUSABLE.
   */
  listen(options?: ListenOptions): Promise<ApiServer>;
}

/** Where plugins add routes, through `extend`. */
export interface ApiRoutes {
  /** Throws DS_API_ROUTE_INVALID and DS_API_ROUTE_CLASH. */
  add(...routes: readonly Route[]): void;
  /** Serves the files of a folder below a path, to anybody; `index.html` for the folder itself. */
  addFiles(files: { path: `/${string}`; folder: string }): void;
}
