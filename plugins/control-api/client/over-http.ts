import { systemClock } from 'devservices/machine';
import type { Acting } from '../app/call.ts';
import type { ApiClient, As, ClientOptions } from '../client.ts';
import { apiErrors } from '../errors.ts';
import { createClient } from './create-client.ts';

export interface HttpClientOptions extends ClientOptions {
  /** Of a server, as `devservices serve` prints it; also with the token behind the `#`. */
  url: string;
  /** The server's own, or one of `devservices tokens add`. Without one, the client is anonymous. */
  token?: string | undefined;
  /** Certificates to trust besides the usual ones, as PEM: of a server that has made its own. */
  ca?: string | Uint8Array | undefined;
}

/**
 * A client of a server elsewhere; the same as the one in its process, but for `as`: only who has the
 * server's own token may be a user or the owner. Throws DS_API_CALL_INVALID for what is no URL.
 *
 * @example
 * const client = createHttpClient({ url: 'http://127.0.0.1:40961', token });
 * const { body } = await client.get('/services');
 */
export function createHttpClient({ url, token, ca, ...options }: HttpClientOptions): ApiClient {
  const server = readUrl(url);
  const own = token ?? (server.hash.slice(1) || undefined);
  return createClient({
    clock: systemClock,
    options,
    async send({ method, target, headers, body, acting, signal }) {
      const place = new URL(target, server.origin);
      const init = {
        method,
        headers: { ...headers, ...headersOf(acting, own) },
        ...(body !== undefined && { body }),
        signal,
      };
      if (ca === undefined) return fetch(place, { ...init, redirect: 'manual' });
      const { fetchByNode } = await import('./fetch-by-node.ts');
      return fetchByNode(place, { ...init, ca });
    },
  });
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isServer = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search;
  if (isServer && !url.username && !url.password) return url;
  // It is not repeated: it may have the token in it.
  const problem = 'its `url` is not that of a server, like http://127.0.0.1:40961';
  throw apiErrors.create('DS_API_CALL_INVALID', { key: 'createHttpClient()', problem });
}

function headersOf(
  { as: given, principal, superuser, sudo }: Acting,
  own: string | undefined,
): Record<string, string> {
  const as = principal ? asOf(principal) : given;
  const token = as === 'anonymous' ? undefined : isToken(as) ? as.token : own;
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(as === 'owner' && { 'devservices-as': 'owner' }),
    ...(isUser(as) && { 'devservices-as': `user:${encodeURIComponent(as.user)}` }),
    ...(superuser !== undefined && { 'devservices-superuser': String(superuser) }),
    ...(sudo !== undefined && { 'devservices-sudo': String(sudo) }),
  };
}

function asOf(principal: NonNullable<Acting['principal']>): As {
  if (principal.kind === 'user') return { user: principal.user };
  if (principal.kind !== 'token') return principal.kind;
  const problem =
    'whoever made that request came with a token, which is not kept and so cannot be sent on';
  throw apiErrors.create('DS_API_CALL_INVALID', { key: '`request`', problem });
}

const isToken = (as: As | undefined): as is { token: string } =>
  typeof as === 'object' && 'token' in as;

const isUser = (as: As | undefined): as is { user: string } =>
  typeof as === 'object' && 'user' in as;
