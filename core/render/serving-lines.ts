import { formatDuration } from '../duration.ts';
import type { DevServicesEvent } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { plainLine } from './text-width.ts';

type Serving = Extract<DevServicesEvent, { event: 'serving' }>;
type ApiCalled = Extract<DevServicesEvent, { event: 'api-called' }>;

/** Where a server is reached, for its owner: a browser keeps what stands behind the # to itself. */
export function servingUrl({ url, token }: Serving): string {
  return token === undefined ? url : `${url.replace(/\/?$/, '/')}#${token}`;
}

/** One call of the API: `POST /api/0/services/db/restart 200 os:ada 1.2 s`. */
export function callLine(call: ApiCalled, style: TextStyle): string {
  const { method, path, status, by, code, elapsedMs } = call;
  const words = [method, path, String(status), code ?? '', by, formatDuration(elapsedMs)];
  return style.dim(plainLine(words.filter((word) => word !== '').join(' ')));
}
