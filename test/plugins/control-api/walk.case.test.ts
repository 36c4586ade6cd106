import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import type { ApiError } from '../../../plugins/control-api/client/api-error.ts';
import { describeApi } from '../../../plugins/control-api/openapi/describe-api.ts';
import type { RouteSpec } from '../../../plugins/control-api/route-spec.ts';
import { listen } from '../../../plugins/control-api/server/listen.ts';
import { specs } from '../../../plugins/control-api/specs/index.ts';
import { createAnswerCheck, readAnswer, type ToldAnswer } from './check-answer.ts';
import { type OpenApi, openApi } from './open-api.ts';
import { type WalkedRoute, walkedRoutes } from './walked-routes.ts';
import { expected, type Walker, walkersWith } from './walkers.ts';

interface Asked {
  spec: RouteSpec;
  walker: Walker;
  sudo: boolean;
}

type WalkedCall = Asked & WalkedRoute;

type Walk = (call: WalkedCall) => Promise<ToldAnswer>;

const routes: readonly RouteSpec[] = specs;
const keyOf = ({ method, path }: RouteSpec): string => `${method} ${path}`;

test('every route is walked, and no other', () => {
  expect(Object.keys(walkedRoutes).toSorted()).toEqual(routes.map(keyOf).toSorted());
});

let opened: OpenApi;
beforeAll(async () => void (opened = await openApi()), 60_000);
afterAll(() => opened[Symbol.asyncDispose]());

test('the routes that a project has are those of the document, and so is what it tells of them', () => {
  expect(opened.api.routes.map(keyOf)).toEqual(routes.map(keyOf));
  expect(JSON.stringify(opened.api.describe())).toBe(JSON.stringify(describeApi(specs)));
});

test(
  'in a process everybody gets in where they may, and nowhere else',
  { timeout: 120_000 },
  async () => {
    expect(await walkAll(inProcess(opened), () => [false, true])).toEqual([]);
  },
);

test(
  'over HTTP everybody gets in where they may, and nowhere else',
  { timeout: 120_000 },
  async () => {
    // Whether a word that a route does not need changes anything was seen above.
    const sudoOf = ({ access }: RouteSpec) =>
      typeof access === 'object' && access.sudo ? [false, true] : [false];
    expect(await walkAll(await overHttp(opened), sudoOf)).toEqual([]);
  },
);

test('a route that lets in somebody who may not, or nobody, is noticed', async () => {
  const find = (key: string) => routes.find((spec) => keyOf(spec) === key) as RouteSpec;
  const stricter = { ...find('GET /project'), access: { permission: 'users.admin' } };
  const laxer = { ...find('GET /tokens'), access: 'anybody' as const };
  const wrong = await walkAll(inProcess(opened), () => [false], [stricter, laxer]);
  expect(wrong).toContain('GET /project by a user without rights: was 200 , not 403');
  expect(wrong.filter((text) => text.startsWith('GET /tokens by nobody: was 401'))).toHaveLength(1);
});

let count = 0;

/** What of the answers is otherwise than the access of its route alone makes it. */
async function walkAll(
  walk: Walk,
  sudoOf: (spec: RouteSpec) => readonly boolean[],
  list = routes,
): Promise<string[]> {
  const check = createAnswerCheck(describeApi(specs));
  const walkers = walkersWith(opened.tokens);
  const wrong: string[] = [];
  for (const spec of list) {
    const calls = walkers.flatMap((walker) => sudoOf(spec).map((sudo) => ({ spec, walker, sudo })));
    for (const call of calls) {
      const answer = await walk({ ...call, ...goodCallOf(spec) });
      const problems = [...judge(call, answer), ...check(keyOf(spec), answer)];
      const who = `${keyOf(spec)} by ${call.walker.name}${call.sudo ? ' who says sudo' : ''}`;
      wrong.push(...problems.map((problem) => `${who}: ${problem}`));
    }
    expect(calls.length).toBeGreaterThanOrEqual(walkers.length);
  }
  return wrong;
}

function goodCallOf(spec: RouteSpec): WalkedRoute {
  const { params, ...rest } = walkedRoutes[keyOf(spec)]?.(++count) ?? {};
  if (params === undefined) return rest;
  return { ...rest, params: params['id'] === 'spare' ? { id: opened.spareToken } : params };
}

function judge({ spec, walker, sudo }: Asked, { status, body }: ToldAnswer): string[] {
  const should = expected(spec.access, walker, sudo);
  const { code } = (body ?? {}) as { code?: string };
  const was = `was ${status} ${code ?? ''}`;
  if (should !== 'let in') return status === should ? [] : [`${was}, not ${should}`];
  if (status < 300) return [];
  // Some look closer at whom it is about: those say so, and whoever may everything is not meant.
  const isOwn = code !== undefined && spec.problems?.[code] === status && !walker.isEntitled;
  return isOwn ? [] : [`${was} ${JSON.stringify(body)}, not let in`];
}

function inProcess({ api }: OpenApi): Walk {
  const client = api.client();
  return async ({
    spec: { method, path, answer },
    walker: { as, superuser },
    sudo,
    params,
    body,
  }) => {
    const options = { as, superuser, sudo, params, body };
    const headers = new Headers({ 'content-type': 'application/json' });
    try {
      if (answer.kind === 'stream') {
        const events = client.stream(path as never, options as never)[Symbol.asyncIterator]();
        await events.next();
        await events.return?.();
        headers.set('content-type', 'text/event-stream');
        return { status: 200, headers, body: undefined };
      }
      return await client.request(method, path, options);
    } catch (error) {
      const { status, body: problem } = error as ApiError;
      if (status === undefined) throw error;
      headers.set('content-type', 'application/problem+json');
      return { status, headers, body: problem };
    }
  };
}

async function overHttp({ api }: OpenApi): Promise<Walk> {
  const many = { perSecond: 1e6, burst: 1e6 };
  const server = await listen({
    app: api,
    clock: systemClock,
    limits: { reads: many, writes: many, refusals: many },
  });
  onTestFinished(() => server.close());
  return async (call) => readAnswer(await fetch(...requestOf(call, server)));
}

function requestOf(
  { spec, walker: { as, superuser }, sudo, params = {}, body }: WalkedCall,
  { url, token }: { url: string; token: string },
): [URL, RequestInit] {
  const inPath = new Set([...spec.path.matchAll(/\{(\w+)\}/g)].map(([, word]) => word));
  const path = spec.path.replaceAll(/\{(\w+)\}/g, (_, word: string) => String(params[word]));
  const target = new URL(`/api/0${path}`, url);
  for (const [word, value] of Object.entries(params)) {
    if (inPath.has(word)) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      target.searchParams.append(word, String(one));
    }
  }
  const headers = new Headers();
  // As somebody of the store: the owner's word.
  const isNamed = typeof as === 'object' && 'user' in as;
  const bearer = typeof as === 'object' && 'token' in as ? as.token : token;
  if (as !== 'anonymous') headers.set('authorization', `Bearer ${bearer}`);
  if (isNamed) headers.set('devservices-as', `user:${encodeURIComponent(as.user)}`);
  if (superuser !== undefined) headers.set('devservices-superuser', String(superuser));
  if (sudo) headers.set('devservices-sudo', 'true');
  if (body !== undefined) headers.set('content-type', 'application/json');
  const init: RequestInit = { method: spec.method, headers };
  return [target, body === undefined ? init : { ...init, body: JSON.stringify(body) }];
}
