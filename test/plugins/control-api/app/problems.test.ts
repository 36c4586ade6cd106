import { DevServicesError, z } from 'devservices';
import { expect, test } from 'vitest';
import { type Problem, withProblem } from '../../../../plugins/control-api/app/problem.ts';
import { defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi } from '../../../rig/control-api.ts';

const secret = 'hunter2-in-a-message';

function ours(code: `DS_${string}`, blame: DevServicesError['blame']): DevServicesError {
  return new DevServicesError({
    code,
    blame,
    message: 'It did not work.',
    hint: 'Try again.',
    facts: { password: secret, services: ['a'], problems: [secret] },
    cause: new Error(secret),
  });
}

async function openThrowing() {
  let thrown: () => unknown = () => undefined;
  const rig = await openTestApi({
    isBare: true,
    routes: [
      defineRoute(
        {
          method: 'POST',
          path: '/throw',
          tag: 'test',
          summary: 'Throws',
          access: 'anybody',
          answer: { kind: 'nothing', description: 'Nothing' },
          problems: { DS_MAIL_ODD: 418 },
        },
        async () => {
          throw thrown();
        },
      ),
    ],
  });
  return {
    ...rig,
    async throwing(
      value: unknown,
    ): Promise<{ text: string; problem: Problem; response: Response }> {
      thrown = () => value;
      const response = await rig.fetch('/api/0/throw', { method: 'POST' });
      const text = await response.text();
      return { text, response, problem: JSON.parse(text) as Problem };
    },
  };
}

test('an error of ours is told with its words, and a status by its code, else by its blame', async () => {
  const { throwing } = await openThrowing();
  const rows: [DevServicesError, number][] = [
    [ours('DS_MAIL_FULL', 'user'), 400],
    [ours('DS_MAIL_FULL', 'outcome'), 409],
    [ours('DS_MAIL_FULL', 'environment'), 503],
    [ours('DS_MAIL_FULL', 'plugin'), 502],
    [ours('DS_MAIL_FULL', 'bug'), 500],
    [ours('DS_MAIL_UNKNOWN', 'user'), 404],
    [ours('DS_CONTRACT_MISSING', 'plugin'), 404],
    [ours('DS_MAIL_ODD', 'user'), 418],
    [ours('DS_CONFIG_TYPE_UNKNOWN', 'user'), 400],
    [withProblem(ours('DS_MAIL_FULL', 'user'), { status: 451 }), 451],
  ];
  for (const [error, status] of rows) {
    const { response, problem, text } = await throwing(error);
    expect(response.status, error.code).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problem).toEqual({
      type: `urn:devservices:error:${error.code}`,
      title: expect.stringMatching(/./),
      status,
      detail: 'It did not work.',
      code: error.code,
      hint: 'Try again.',
    });
    expect(text).not.toContain(secret);
  }
});

test('what a problem is to tell besides is told, and only that', async () => {
  const { throwing } = await openThrowing();
  const services = { db: { state: 'failed' } };
  const { problem } = await throwing(
    withProblem(ours('DS_MAIL_FULL', 'outcome'), { errors: [{ code: 'DS_X' }], services }),
  );
  expect(problem).toMatchObject({ status: 409, services, errors: [{ code: 'DS_X' }] });
});

test('of several errors each is told, with the status of the first', async () => {
  const { throwing } = await openThrowing();
  const several = new AggregateError([ours('DS_A', 'user'), ours('DS_B', 'bug')]);
  const { problem, text } = await throwing(several);
  expect(problem).toMatchObject({
    code: 'DS_A',
    status: 400,
    errors: [{ code: 'DS_A' }, { code: 'DS_B' }],
  });
  expect(text).not.toContain(secret);
  const mixed = new AggregateError([ours('DS_A', 'user'), new Error(secret)]);
  expect((await throwing(mixed)).problem).toMatchObject({ code: 'DS_API_BROKE', status: 500 });
});

test('whatever else is thrown is told without its words, and logged with them', async () => {
  const rig = await openThrowing();
  const ring: Record<string, unknown> = {};
  ring['ring'] = ring;
  for (const thrown of [
    new Error(secret),
    secret,
    undefined,
    null,
    7n,
    Symbol(secret),
    ring,
    { code: 'DS_X' },
  ]) {
    const { problem, text } = await rig.throwing(thrown);
    expect(problem).toMatchObject({ code: 'DS_API_BROKE', status: 500 });
    expect(text).not.toContain(secret);
    expect(text).not.toContain('.ts:');
  }
  expect(rig.warnings().filter((line) => line.includes(secret))).toHaveLength(3);
  expect(rig.warnings().filter((line) => line.includes('POST /throw broke'))).toHaveLength(8);
});

test('what a call within a call came to is told as it was, where nobody catches it', async () => {
  const meta = {
    tag: 'test',
    summary: 'Calls',
    answer: { kind: 'nothing', description: 'Nothing' },
  } as const;
  const rig = await openTestApi({
    isBare: true,
    routes: [
      defineRoute(
        { ...meta, method: 'POST', path: '/outer', access: 'anybody' },
        async ({ client }) => void (await client.request('GET', '/nowhere')),
      ),
      defineRoute(
        { ...meta, method: 'POST', path: '/writes', access: 'anybody' },
        async ({ client }) => void (await client.request('GET', '/services')),
      ),
    ],
  });
  const client = rig.api.client();
  await expect(client.request('POST', '/outer')).rejects.toMatchObject({
    status: 404,
    code: 'DS_API_ROUTE_UNKNOWN',
    path: '/api/0/outer',
  });
  await expect(client.request('POST', '/writes')).rejects.toMatchObject({
    status: 401,
    code: 'DS_API_PRINCIPAL_NEEDED',
  });
});

test('each kind of answer comes as what it is', async () => {
  const meta = { method: 'GET', tag: 'test', summary: 'Answers', access: 'anybody' } as const;
  const json = { kind: 'json', description: 'It', schema: z.object({ a: z.int() }) } as const;
  const rig = await openTestApi({
    isBare: true,
    routes: [
      defineRoute({ ...meta, path: '/json', answer: json }, () => ({ a: 1 })),
      defineRoute(
        { ...meta, method: 'POST', path: '/json', answer: { ...json, status: 201 } },
        () => ({ a: 2 }),
      ),
      defineRoute(
        { ...meta, path: '/nothing', answer: { kind: 'nothing', description: 'It' } },
        () => {},
      ),
      defineRoute(
        {
          ...meta,
          path: '/text',
          answer: { kind: 'text', description: 'It', contentType: 'text/csv' },
        },
        () => 'a,b',
      ),
      defineRoute(
        {
          ...meta,
          path: '/stream',
          answer: { kind: 'stream', description: 'It', schema: z.int() },
        },
        async function* () {
          yield { id: '1', data: 1 };
          yield { data: 2 };
        },
      ),
    ],
  });
  const client = rig.api.client();
  expect(await client.request('GET', '/json')).toMatchObject({ status: 200, body: { a: 1 } });
  expect(await client.request('POST', '/json')).toMatchObject({ status: 201, body: { a: 2 } });
  const nothing = await client.request('GET', '/nothing');
  expect(nothing).toMatchObject({ status: 204, body: undefined });
  const text = await client.request('GET', '/text');
  expect(text.body).toBe('a,b');
  expect(text.headers.get('content-type')).toBe('text/csv');
  const events = [];
  for await (const event of client.stream('/stream' as never)) events.push(event);
  expect(events).toMatchObject([{ id: '1', data: 1 }, { data: 2 }]);
  await expect(client.request('GET', '/stream')).rejects.toMatchObject({
    code: 'DS_API_CALL_INVALID',
  });
  const none = (async () => {
    for await (const event of client.stream('/json' as never)) events.push(event);
  })();
  await expect(none).rejects.toMatchObject({ code: 'DS_API_CALL_INVALID' });
});

test('who asks while the API closes, or after that, is told that it closed', async () => {
  let onStarted = (): void => {};
  const started = new Promise<void>((resolve) => (onStarted = resolve));
  const rig = await openTestApi({
    isBare: true,
    routes: [
      defineRoute(
        {
          method: 'GET',
          path: '/waits',
          tag: 'test',
          summary: 'Waits',
          access: 'anybody',
          answer: { kind: 'nothing', description: 'Nothing' },
        },
        ({ signal }) =>
          new Promise<void>((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
            onStarted();
          }),
      ),
    ],
  });
  const client = rig.api.client();
  const ended = client.request('GET', '/waits').catch((thrown: unknown) => thrown);
  await started;
  rig.api.close();
  const closed = { status: 503, code: 'DS_API_CLOSED' };
  expect(await ended).toMatchObject(closed);
  await expect(client.get('/health')).rejects.toMatchObject(closed);
  expect(rig.warnings().filter((line) => line.includes('broke'))).toEqual([]);
});
