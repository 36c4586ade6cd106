import { codeOf, headersOf, serve, type Served, statusOf } from './served.ts';

type Made = string | ((served: Served) => string);

/** What is sent, and what has to come back. */
export type Row = readonly [what: string, request: Made, status: number, code: string];

export const get = (target: string) => (served: Served) =>
  served.request({ line: `GET ${target} HTTP/1.1` });

export const withHeader = (header: string) => (served: Served) =>
  served.request({ headers: [header] });

/** What came of a request that is refused, and of the good one behind it. */
export async function sendRefused(make: Made) {
  const served = await serve();
  const answer = await served.send(typeof make === 'string' ? make : make(served));
  const headers = headersOf(answer);
  return {
    status: statusOf(answer),
    code: codeOf(answer),
    answers: answer.match(/HTTP\/1\.1 /g)?.length,
    type: headers['content-type'],
    missing: kept.filter((name) => !(name in headers)),
    cors: Object.keys(headers).filter((name) => name.startsWith('access-control-')),
    reached: [...served.reached],
    audited: served.audited.map(({ status, code }) => ({ status, code })),
    isTokenTold: JSON.stringify(served.audited).includes(served.server.token),
    next: await served.ask(),
  };
}

/** What `sendRefused` gives where all is well. */
export const refused = (status: number, code: string) => ({
  status,
  code,
  answers: 1,
  type: 'application/problem+json',
  missing: [],
  cors: [],
  reached: [],
  audited: [{ status, code }],
  isTokenTold: false,
  next: 200,
});

const kept = [
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'x-content-type-options',
];
