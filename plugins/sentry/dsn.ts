/** What a DSN is made of. */
export interface Dsn {
  publicKey: string;
  /** `http://127.0.0.1:8000` */
  origin: string;
  projectId: string;
}

/**
 * Reads a DSN; a text is what is wrong with it, without its key. Pure.
 *
 * @example readDsn('https://0123abcd@sentry.example.org/7');
 */
export function readDsn(text: string): Dsn | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `${shape}, and it is no URL`;
  }
  if (!['http:', 'https:'].includes(url.protocol)) {
    return `${shape}, and it begins with ${url.protocol}//`;
  }
  if (!/^\w+$/.test(url.username)) return `${shape}, and it has no key in front of the @`;
  if (url.search !== '' || url.hash !== '') return `${shape}, with nothing behind the project`;
  const projectId = url.pathname.split('/').at(-1) ?? '';
  if (!/^\d+$/.test(projectId)) return `${shape}, and it ends with no number of a project`;
  return { publicKey: url.username, origin: url.origin, projectId };
}

const shape = 'a DSN is http(s)://KEY@HOST/PROJECT';
