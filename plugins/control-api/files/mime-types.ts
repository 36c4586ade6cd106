import { extname } from 'node:path';
import { mimes } from 'hono/utils/mime';

/** Where a browser would be told something else than what a project's files are. */
const ours: Readonly<Record<string, string>> = {
  cjs: 'text/javascript; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  ts: 'text/plain; charset=utf-8',
  ttc: 'font/collection',
};

/** The media type of a file, by what its name ends with; bytes where that says nothing. */
export function mimeTypeOf(file: string): string {
  const ending = extname(file).slice(1).toLowerCase();
  const known: Readonly<Record<string, string>> = { ...mimes, ...ours };
  return Object.hasOwn(known, ending) ? String(known[ending]) : 'application/octet-stream';
}
