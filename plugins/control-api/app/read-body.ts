import { isDevServicesError } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import type { ValueProblem } from '../errors/call-errors.ts';
import type { Route } from '../route.ts';
import { keyOf } from './check-route.ts';

/** The JSON of a body, undefined where there is none. Throws DS_API_NOT_JSON and DS_API_BODY_CUT. */
export async function readBody(
  route: Route,
  request: Request,
): Promise<{ value?: unknown; problem?: ValueProblem }> {
  const bytes = await readBytes(route, request);
  if (bytes.byteLength === 0) return {};
  if (!route.body) return { problem: { path: 'body', expected: 'expected nothing' } };
  const type = request.headers.get('content-type') ?? undefined;
  // What a form of another page can send is never of that type.
  if (!/^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type ?? '')) {
    throw apiErrors.create('DS_API_NOT_JSON', { key: keyOf(route), given: type?.slice(0, 80) });
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    // The parser's own words have the text in them.
    return { problem: { path: 'body', expected: 'expected JSON, in UTF-8' } };
  }
}

async function readBytes(route: Route, request: Request): Promise<ArrayBuffer> {
  try {
    return await request.arrayBuffer();
  } catch (thrown) {
    if (isDevServicesError(thrown)) throw thrown;
    throw apiErrors.create('DS_API_BODY_CUT', { key: keyOf(route) }, thrown);
  }
}
