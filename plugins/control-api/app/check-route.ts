import { apiErrors } from '../errors.ts';
import type { Route } from '../route.ts';
import { isApiPath, shapeOf, wordsOf } from './paths.ts';
import { schemaWords } from './schema-words.ts';

/** Throws DS_API_ROUTE_INVALID, and DS_API_ROUTE_CLASH where one of `others` answers the same calls. */
export function checkRoute(route: Route, others: readonly Route[]): void {
  const key = keyOf(route);
  const problem = checks.map((check) => check(route)).find((found) => found !== undefined);
  if (problem !== undefined) throw apiErrors.create('DS_API_ROUTE_INVALID', { key, problem });
  const other = others.find(
    ({ method, path }) => method === route.method && shapeOf(path) === shapeOf(route.path),
  );
  if (other) throw apiErrors.create('DS_API_ROUTE_CLASH', { key, other: keyOf(other) });
}

/** Throws DS_API_ROUTE_INVALID for files that cannot be served at a path, and DS_API_ROUTE_CLASH. */
export function checkFilesPath(path: string, others: readonly string[]): void {
  const key = `GET ${path}`;
  const isPath = path === '/' || /^(?:\/[\w.~-]+)+$/.test(path);
  const problem = isApiPath(path)
    ? 'files are not served below the routes'
    : isPath && !hasDots(path)
      ? undefined
      : 'the path is not one of letters, digits and . _ ~ - between slashes';
  if (problem !== undefined) throw apiErrors.create('DS_API_ROUTE_INVALID', { key, problem });
  if (others.includes(path)) throw apiErrors.create('DS_API_ROUTE_CLASH', { key, other: key });
}

/** `GET /services/{name}` */
export function keyOf({ method, path }: { method: string; path: string }): string {
  return `${method} ${path}`;
}

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const checks: readonly ((route: Route) => string | undefined)[] = [
  ({ method }) => (methods.includes(method) ? undefined : 'the method is not one of the API'),
  ({ path }) =>
    /^(?:\/(?:[\w.~-]+|\{[A-Za-z]\w*\}))+$/.test(path) && !hasDots(path)
      ? undefined
      : 'the path is not one of words and {words} between slashes',
  ({ path }) => (isApiPath(path) ? 'its path is below /api/0 already' : undefined),
  ({ path }) => {
    const words = wordsOf(path);
    const twice = words.find((word, index) => words.indexOf(word) !== index);
    return twice === undefined ? undefined : `{${twice}} stands there twice`;
  },
  ({ path, params }) => {
    const words = wordsOf(path);
    const given = schemaWords(params);
    if (!given) return '`params` is not the schema of an object';
    const missing = words.find((word) => !given.has(word));
    if (missing !== undefined) return `\`params\` says nothing of "${missing}"`;
    const strange = [...given.keys()].find((word) => !words.includes(word));
    return strange === undefined
      ? undefined
      : `\`params\` has "${strange}", which is not in the path`;
  },
  ({ path, query }) => {
    const given = schemaWords(query);
    if (!given) return '`query` is not the schema of an object';
    const both = wordsOf(path).find((word) => given.has(word));
    return both === undefined ? undefined : `"${both}" is a word of the path and of the query`;
  },
  ({ method, body }) => (method === 'GET' && body ? 'a GET has no body' : undefined),
  ({ method, answer }) =>
    answer.kind === 'stream' && method !== 'GET' ? 'only a GET streams' : undefined,
  ({ access }) => {
    if (access === 'anybody' || access === 'known') return undefined;
    const isNamed = typeof access === 'object' && access.permission !== '';
    return isNamed ? undefined : '`access` does not say who may call it';
  },
  ({ handle }) => (typeof handle === 'function' ? undefined : 'nothing handles it'),
];

const hasDots = (path: string): boolean => /\/\.{1,2}(?:\/|$)/.test(path);
