import { request as send } from 'node:http';
import fc from 'fast-check';
import { z } from 'devservices';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { matchPath } from '../../../plugins/control-api/app/paths.ts';
import type { ApiDocument } from '../../../plugins/control-api/openapi/api-document.ts';
import { defineRoute } from '../../../plugins/control-api/route.ts';
import { type HttpServer, listen } from '../../../plugins/control-api/server/listen.ts';
import { arbitraryRequest, type FuzzedRequest } from './arbitrary-request.ts';
import { createAnswerCheck, type ToldAnswer } from './check-answer.ts';
import { openApi } from './open-api.ts';

const limitMs = 8000;

test(
  'whatever is asked is answered as the document says, or with a problem that it tells of',
  { timeout: 60_000 },
  async () => {
    await using opened = await openApi();
    const { api, tokens } = opened;
    const document = api.describe() as ApiDocument;
    const check = createAnswerCheck(document);
    const many = { perSecond: 1e6, burst: 1e6 };
    const limits = { reads: many, writes: many, refusals: many };
    const server = await listen({ app: api, clock: systemClock, limits });
    onTestFinished(() => server.close());

    const statuses = new Set<number>();
    const bearers = fc.constantFrom(
      server.token,
      server.token,
      server.token,
      tokens.sudo,
      tokens.bare,
    );
    const property = fc.asyncProperty(
      arbitraryRequest(document),
      bearers,
      async (given, bearer) => {
        const asked = { ...given, key: keyOf(document, given) ?? given.key };
        const answer = await ask(server, { ...asked, bearer });
        statuses.add(answer.status);
        // What answers a HEAD has no body.
        const fits = asked.method === 'HEAD' ? [] : check(asked.key, answer);
        const wrong = [...fits, ...unexpected(document, asked.key, answer)];
        expect({ wrong, asked, answer }).toEqual({ wrong: [], asked, answer });
      },
    );
    await fc.assert(property, {
      seed: 20_261_123,
      numRuns: 2000,
      interruptAfterTimeLimit: limitMs,
      endOnFailure: true,
    });
    // What is good was among it, and what is not.
    for (const status of [200, 400, 403, 404, 405]) expect([...statuses]).toContain(status);
    const health = await fetch(`${server.url}/api/0/health`);
    expect(await health.json()).toEqual({ ok: true });
  },
);

test(
  'a route that breaks on some of what its schemas take is found',
  { timeout: 60_000 },
  async () => {
    await using opened = await openApi();
    const { api } = opened;
    api.add(
      defineRoute(
        {
          method: 'GET',
          path: '/halves',
          tag: 'test',
          summary: 'Breaks on what is odd',
          access: 'known',
          query: z.strictObject({ of: z.coerce.number().int() }),
          answer: { kind: 'json', description: 'Half of it', schema: z.object({ half: z.int() }) },
        },
        ({ query }) => ({ half: query.of / 2 }),
      ),
    );
    const { paths, ...document } = api.describe() as ApiDocument;
    const alone = { ...document, paths: { '/halves': paths['/halves'] ?? {} } } as ApiDocument;
    const server = await listen({ app: api, clock: systemClock });
    onTestFinished(() => server.close());
    const property = fc.asyncProperty(arbitraryRequest(alone), async (asked) => {
      const answer = await ask(server, { ...asked, bearer: server.token });
      expect(unexpected(alone, asked.key, answer)).toEqual([]);
    });
    const { failed, errorInstance } = await fc.check(property, {
      seed: 1,
      numRuns: 100,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toContain('500 DS_API_BROKE is not told of');
  },
);

/** The route that it comes to, where there is one. */
function keyOf({ paths }: ApiDocument, { method, target }: FuzzedRequest): string | undefined {
  const pathname = target.split('?', 1)[0] ?? '';
  const path = Object.keys(paths).find(
    (one) => matchPath(one, pathname) && paths[one]?.[method.toLowerCase()],
  );
  return path === undefined ? undefined : `${method} ${path}`;
}

/** A failure of ours, or of what is around us, that the route says nothing of. */
function unexpected(document: ApiDocument, key: string, { status, body }: ToldAnswer): string[] {
  if (status < 500) return [];
  const [method = '', path = ''] = key.split(' ');
  const told = document.paths[path]?.[method.toLowerCase()]?.responses[status];
  const { code = '' } = (body ?? {}) as { code?: string };
  // A method that no server of ours has.
  if (status === 501 && code === 'DS_API_REQUEST_REFUSED') return [];
  return told?.['x-devservices-codes']?.includes(code) ? [] : [`${status} ${code} is not told of`];
}

/** As it is, without what a client would put right; of a stream nothing is read. */
function ask(
  { url, port }: HttpServer,
  { method, target, headers, body, bearer }: FuzzedRequest & { bearer: string },
): Promise<ToldAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = send({
      host: '127.0.0.1',
      port,
      method,
      // Bytes, as whoever has no library sends them.
      path: Buffer.from(target, 'utf8').toString('latin1'),
      headers: {
        host: new URL(url).host,
        authorization: `Bearer ${bearer}`,
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      timeout: 30_000,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${target} hangs.`)));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Of what cannot be read at all nobody knows that it was a HEAD: why is told in a body.
      const isUnread = method === 'HEAD' && error.code === 'HPE_CLOSED_CONNECTION';
      if (!isUnread) return reject(error);
      resolve({ status: 400, headers: new Headers(), body: undefined });
    });
    outgoing.on('response', (incoming) => {
      const status = incoming.statusCode ?? 0;
      const told = new Headers(incoming.headers as Record<string, string>);
      const answer = { status, headers: told };
      if (told.get('content-type')?.startsWith('text/event-stream')) {
        incoming.destroy();
        return resolve({ ...answer, body: undefined });
      }
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const isJson = /^application\/(?:problem\+)?json/.test(told.get('content-type') ?? '');
        const whole = isJson && text !== '' ? JSON.parse(text) : text;
        resolve({ ...answer, body: text === '' ? undefined : whole });
      });
    });
    outgoing.end(body);
  });
}
