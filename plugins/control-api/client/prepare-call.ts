import type { CallOptions, ClientOptions, RawCallOptions } from '../client.ts';
import { isApiPath, prefix, wordsOf } from '../app/paths.ts';
import { apiErrors } from '../errors.ts';
import type { Method } from '../route-spec.ts';
import type { FailedCall } from './api-error.ts';
import type { Outgoing } from './outgoing.ts';

export interface PreparedCall {
  /** `GET /services/{name}`, for messages. */
  readonly key: string;
  readonly failed: Pick<FailedCall, 'method' | 'path'>;
  readonly outgoing: Omit<Outgoing, 'signal'>;
}

export interface GivenCall {
  method: Method;
  path: string;
  options: RawCallOptions;
  /** Of the client. */
  usual: ClientOptions;
}

/** Puts values where they belong. Throws DS_API_CALL_INVALID and DS_API_TWO_PRINCIPALS. */
export function prepareCall({ method, path: given, options, usual }: GivenCall): PreparedCall {
  const key = `${method} ${given}`;
  const refuse = (problem: string) => apiErrors.create('DS_API_CALL_INVALID', { key, problem });
  const as = options.as ?? usual.as;
  if (options.request && as !== undefined) throw apiErrors.create('DS_API_TWO_PRINCIPALS', { key });
  const wrong = findWrong({ ...options, as });
  if (wrong !== undefined) throw refuse(wrong);
  const { path, query } = placeValues(given, options.params ?? {}, refuse);
  const body = writeBody(method, options.body, refuse);
  return {
    key,
    failed: { method, path },
    outgoing: {
      method,
      target: path + query,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body,
      acting: {
        as,
        principal: options.request?.principal,
        superuser: options.superuser,
        sudo: options.sudo,
      },
    },
  };
}

type Refuse = (problem: string) => Error;

// Whoever has no types: "false" would be as good as true, and nobody is to be somebody by mistake.
function findWrong({ as, superuser, sudo }: CallOptions): string | undefined {
  const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';
  if (!isFlag(superuser)) return '`superuser` is neither true nor false';
  if (!isFlag(sudo)) return '`sudo` is neither true nor false';
  if (as === undefined || as === 'owner' || as === 'anonymous') return undefined;
  const name: unknown = typeof as === 'object' ? ('token' in as ? as.token : as.user) : undefined;
  return typeof name === 'string' ? undefined : '`as` is nobody that there is';
}

function placeValues(
  given: string,
  params: Readonly<Record<string, unknown>>,
  refuse: Refuse,
): { path: string; query: string } {
  const [route = '', ...asked] = given.split('?');
  if (!route.startsWith('/')) throw refuse('a path begins with a slash');
  if (/[\\#\s\p{C}]/u.test(route)) throw refuse('the path has a character that no path has');
  const words = wordsOf(route);
  const segments = route.split('/').map((segment) => {
    const word = wordsOf(segment)[0];
    return word === undefined ? segment : encodeWord(word, params[word], refuse);
  });
  if (segments.some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw refuse('a part of its path is "." or ".."');
  }
  const path = segments.join('/');
  const rest = Object.entries(params).filter(([word]) => !words.includes(word));
  const query = [...asked, ...rest.flatMap(([word, value]) => encodeQuery(word, value, refuse))];
  return {
    // By its segments: `/api/00` is not below it.
    path: isApiPath(path) ? path : prefix + path,
    query: query.length === 0 ? '' : `?${query.join('&')}`,
  };
}

function encodeWord(word: string, value: unknown, refuse: Refuse): string {
  if (value === undefined) throw refuse(`\`params\` has no "${word}"`);
  const text = textOf(word, value, refuse);
  if (text === '' || text === '.' || text === '..') {
    throw refuse(`"${word}" is ${JSON.stringify(text)}, which a path cannot have`);
  }
  return encoded(word, text, refuse);
}

function encodeQuery(word: string, value: unknown, refuse: Refuse): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values
    .filter((one) => one !== undefined)
    .map((one) => {
      const text = encoded(word, textOf(word, one, refuse), refuse);
      return `${encoded(word, word, refuse)}=${text}`;
    });
}

function textOf(word: string, value: unknown, refuse: Refuse): string {
  if (typeof value === 'string') return value;
  if (['number', 'boolean', 'bigint'].includes(typeof value)) return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw refuse(`"${word}" is neither a text nor a number nor true or false`);
}

function encoded(word: string, text: string, refuse: Refuse): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  throw refuse(`"${word}" has half of a character`);
}

function writeBody(method: Method, body: unknown, refuse: Refuse): string | undefined {
  if (body === undefined) return undefined;
  if (method === 'GET') throw refuse('a GET has no body');
  let text: string | undefined;
  try {
    text = JSON.stringify(body) as string | undefined;
  } catch {
    text = undefined;
  }
  if (text === undefined) throw refuse('its body cannot be written as JSON');
  return text;
}
