/** Where a sink's envelopes go, and with what. The key is in a header alone: URLs get into messages. */
export interface Endpoint {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** For taking it out of whatever is said. */
  key: string;
}

/** Of a DSN, `https://KEY@host/PATH/PROJECT`. Throws a TypeError, without the DSN, where it is no URL. */
export function resolveEndpoint(dsn: string, client: string): Endpoint {
  // The error of URL itself carries what it was given.
  if (!URL.canParse(dsn)) throw new TypeError('A DSN is a URL.');
  const { protocol, host, pathname, username } = new URL(dsn);
  const cut = pathname.lastIndexOf('/');
  const key = decodeURIComponent(username);
  return {
    url: `${protocol}//${host}${pathname.slice(0, cut)}/api/${pathname.slice(cut + 1)}/envelope/`,
    headers: {
      'content-type': 'application/x-sentry-envelope',
      'x-sentry-auth': `Sentry sentry_version=7, sentry_client=${client}, sentry_key=${key}`,
    },
    key,
  };
}
