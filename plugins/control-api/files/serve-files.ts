import { findFile, type FoundFile } from './find-file.ts';
import { mimeTypeOf } from './mime-types.ts';
import { streamFile } from './stream-file.ts';

/** Answers for the files of a folder; undefined where it has none for a request. */
export type FileServer = (request: Request) => Promise<Response | undefined>;

/**
 * Serves the files of a folder below a path: `index.html` for the path itself, no listing, nothing whose
 * name begins with a dot, and nothing that is outside of the folder.
 *
 * @example
 * const serve = createFileServer({ path: '/mail', folder: join(import.meta.dirname, 'page') });
 * const response = await serve(new Request('http://localhost/mail/app.js'));
 */
export function createFileServer({ path, folder }: { path: string; folder: string }): FileServer {
  const top = path.replace(/\/+$/, '');
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const { pathname } = new URL(request.url);
    // Links of the page are relative to its folder.
    if (pathname === top && top !== '') return redirect(`${top}/`);
    if (!pathname.startsWith(`${top}/`)) return undefined;
    const rest = pathname.slice(top.length + 1);
    const file = await findFile(folder, rest === '' ? ['index.html'] : rest.split('/'));
    return file && answer(request, file);
  };
}

function answer(request: Request, file: FoundFile): Response {
  const { size, mtimeNs, ino } = file.stats;
  const etag = `"${[ino, size, mtimeNs].map((number) => number.toString(36)).join('-')}"`;
  const headers = new Headers({
    ...fileHeaders,
    etag,
    'last-modified': new Date(Number(file.stats.mtimeMs)).toUTCString(),
  });
  if (isKnown(request.headers.get('if-none-match'), etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set('content-type', mimeTypeOf(file.path));
  headers.set('content-length', String(size));
  return new Response(request.method === 'HEAD' ? null : streamFile(file), { headers });
}

function isKnown(header: string | null, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

/** Pages are our own origin: what they load is from here, and nobody puts them in a frame. */
const fileHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function redirect(location: string): Response {
  return new Response(null, { status: 308, headers: { ...fileHeaders, location } });
}
