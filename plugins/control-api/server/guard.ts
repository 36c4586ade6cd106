import type { IncomingMessage } from 'node:http';
import type { DevServicesError } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import { isOwnHost, type OwnPlace } from './own-hosts.ts';
import { findPathProblem } from './raw-path.ts';
import { hasTokenInUrl } from './token-in-url.ts';

/** Why a request goes no further. */
export interface Refusal {
  status: number;
  error: DevServicesError;
  headers?: Readonly<Record<string, string>>;
}

export interface GuardOptions {
  place: OwnPlace;
  /** The server's own. */
  token: string;
  maxBodyBytes: number;
  maxTargetChars: number;
}

type Check = (incoming: IncomingMessage, options: GuardOptions) => Refusal | undefined;

/**
 * Looks at a request as it stood on the wire, before anybody reads it in a way of their own; undefined
 * of one that may go on. Cookies are not looked at, here or anywhere.
 */
export function guardRequest(
  incoming: IncomingMessage,
  options: GuardOptions,
): Refusal | undefined {
  for (const check of checks) {
    const refusal = check(incoming, options);
    if (refusal) return refusal;
  }
  return undefined;
}

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const maxHeaders = 100;
// A second one would be dropped without a word, and others might read that one.
const once: ReadonlySet<string> = new Set(
  'authorization content-type devservices-as devservices-sudo devservices-superuser host origin sec-fetch-site'.split(
    ' ',
  ),
);

const checks: readonly Check[] = [
  ({ httpVersion }) =>
    httpVersion === '1.1' ? undefined : malformed(505, `HTTP/${httpVersion} is not spoken here`),
  ({ method = '' }) =>
    methods.includes(method) ? undefined : malformed(501, `the method ${method} is not known`),
  ({ rawHeaders }) =>
    rawHeaders.length > 2 * maxHeaders ? malformed(431, 'it has too many headers') : undefined,
  ({ rawHeaders }) => {
    const names = rawHeaders
      .filter((_, index) => index % 2 === 0)
      .map((name) => name.toLowerCase());
    const twice = names.find((name, index) => once.has(name) && names.indexOf(name) !== index);
    return twice === undefined
      ? undefined
      : malformed(400, `the header ${twice} stands there twice`);
  },
  ({ headers, socket }, { place }) => {
    const given = headers.host ?? '';
    if (isOwnHost(given, socket.localAddress ?? '', place)) return undefined;
    return { status: 421, error: apiErrors.create('DS_API_HOST_REFUSED', { given }) };
  },
  ({ headers }, { place }) => {
    const { origin } = headers;
    const own = `${place.scheme}://${headers.host}`;
    if (origin === undefined || origin.toLowerCase() === own.toLowerCase()) return undefined;
    return foreign(`Origin: ${origin}`);
  },
  ({ headers }) => {
    const site = headers['sec-fetch-site'];
    if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
    return foreign(`Sec-Fetch-Site: ${site}`);
  },
  ({ headers: { upgrade } }) =>
    upgrade === undefined ? undefined : malformed(400, 'it asks for another protocol'),
  ({ headers: { expect } }) =>
    expect === undefined || expect.toLowerCase() === '100-continue'
      ? undefined
      : malformed(417, 'it expects what is not done here'),
  ({ url = '' }, { maxTargetChars }) =>
    url.length > maxTargetChars ? malformed(414, 'its URL is too long') : undefined,
  ({ url = '' }) => {
    const problem = findPathProblem(url.split('?', 1)[0] ?? '');
    if (problem === undefined) return undefined;
    return { status: 400, error: apiErrors.create('DS_API_PATH_REFUSED', { problem }) };
  },
  ({ url = '' }, { token }) =>
    hasTokenInUrl(url, token)
      ? { status: 400, error: apiErrors.create('DS_API_TOKEN_IN_URL', {}) }
      : undefined,
  ({ headers }, { maxBodyBytes }) =>
    Number(headers['content-length'] ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined,
];

/** What is no request that anybody should answer: `reason` says why, in the words of a sentence. */
export function malformed(status: number, reason: string): Refusal {
  return { status, error: apiErrors.create('DS_API_REQUEST_REFUSED', { reason }) };
}

export function tooLarge(maxBytes: number): Refusal {
  return { status: 413, error: apiErrors.create('DS_API_TOO_LARGE', { maxBytes }) };
}

const foreign = (said: string): Refusal => ({
  status: 403,
  error: apiErrors.create('DS_API_ORIGIN_REFUSED', { said }),
});
