import { createHttpClient } from '../../../plugins/control-api/client/over-http.ts';
import type { ApiClient, ClientOptions } from '../../../plugins/control-api/index.ts';

/** Clients over HTTP of a server, with its own token: whoever has that is the owner, and acts as anybody. */
export function clientOf({ url, token }: { url: string; token: string }) {
  return (options: ClientOptions = {}): ApiClient => createHttpClient({ ...options, url, token });
}
