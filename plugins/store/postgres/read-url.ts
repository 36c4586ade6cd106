import { storeErrors } from '../errors.ts';

/** Whether a text is meant as the URL of a Postgres. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text);
}

/**
 * Where a URL leads, as people read it: host, port and database, never who with what password. Connects
 * to nothing. Throws DS_STORE_URL_INVALID, which has nothing of the URL in it but its scheme.
 */
export function readLocation(url: string, env: NodeJS.ProcessEnv = process.env): string {
  const { hostname, port, pathname, username, searchParams } = parse(url);
  const of = (name: string) => searchParams.get(name) ?? '';
  const host = of('host') || decodeURIComponent(hostname) || env['PGHOST'] || 'localhost';
  const user = of('user') || decodeURIComponent(username) || env['PGUSER'] || env['USER'];
  const database = decodeURIComponent(pathname.slice(1)) || env['PGDATABASE'] || user;
  return `${host}:${of('port') || port || env['PGPORT'] || '5432'}/${database ?? ''}`;
}

function parse(url: string): URL {
  if (!isPostgresUrl(url)) {
    const scheme = /^[a-z][a-z+.-]*:\/\//i.exec(url)?.[0];
    throw invalid(
      scheme === undefined ? 'does not begin with postgres://' : `begins with ${scheme}`,
    );
  }
  // A socket's folder may stand behind the user.
  const parsed = readOrUndefined(url.replace(/@\//, '@localhost/'));
  // What follows the first / ? or # of a password would be taken for a database's name.
  const rest = /^.*?:\/\/[^/?#]*(.*)$/s.exec(url)?.[1] ?? '';
  if (!parsed || rest.includes('@')) {
    throw invalid(
      'cannot be read: in its parts, / ? # @ : and % are written %2F %3F %23 %40 %3A %25',
    );
  }
  return parsed;
}

function readOrUndefined(url: string): URL | undefined {
  try {
    const parsed = new URL(url);
    for (const part of [parsed.hostname, parsed.username, parsed.password, parsed.pathname]) {
      decodeURIComponent(part);
    }
    return parsed;
  } catch {
    return undefined;
  }
}

// The error of `new URL` has the whole of it among its fields, and is no cause.
const invalid = (problem: string) => storeErrors.create('DS_STORE_URL_INVALID', { problem });
