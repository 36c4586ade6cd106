import { definePlugin, z } from 'devservices';
import {
  type ApiClient,
  controlApi,
  defineRoute,
  defineSpec,
} from 'devservices/plugins/control-api';
import { createTestHost } from 'devservices/testing';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';

const mails = defineSpec({
  method: 'GET',
  path: '/typed-mails/{box}',
  tag: 'mail',
  summary: 'All mails',
  access: 'known',
  params: z.object({ box: z.string() }),
  query: z.object({ limit: z.coerce.number<number>().optional() }),
  answer: {
    kind: 'json',
    description: 'Newest first',
    schema: z.array(z.object({ subject: z.string() })),
  },
});

const arrivals = defineSpec({
  method: 'GET',
  path: '/typed-arrivals',
  tag: 'mail',
  summary: 'Mails as they come',
  access: 'known',
  answer: { kind: 'stream', description: 'Each', schema: z.object({ subject: z.string() }) },
});

declare module 'devservices/plugins/control-api' {
  interface AddedRoutes {
    'GET /typed-mails/{box}': typeof mails;
    'GET /typed-arrivals': typeof arrivals;
  }
}

const mailbox = definePlugin({
  name: 'mailbox',
  setup({ extend }) {
    extend('api', (api) =>
      api.add(
        defineRoute(mails, ({ params, query: { limit = 1 } }) =>
          Array.from({ length: limit }, (_, index) => ({ subject: `${params.box} ${index}` })),
        ),
        defineRoute(arrivals, async function* () {
          yield { data: { subject: 'new' } };
        }),
      ),
    );
  },
});

async function open(): Promise<ApiClient> {
  const made = createTestHost({ config: { plugins: [controlApi(), mailbox()] } });
  onTestFinished(() => made.close());
  await made.host.configure();
  return (await made.host.use('api')).client({ as: 'owner' });
}

test('a route that a plugin adds is called with its own types', async () => {
  const client = await open();
  const { body } = await client.get('/typed-mails/{box}', { params: { box: 'ada', limit: 2 } });
  expectTypeOf(body).toEqualTypeOf<{ subject: string }[]>();
  expect(body).toEqual([{ subject: 'ada 0' }, { subject: 'ada 1' }]);
  for await (const { data } of client.stream('/typed-arrivals')) {
    expectTypeOf(data).toEqualTypeOf<{ subject: string }>();
    expect(data).toEqual({ subject: 'new' });
    break;
  }
});

test('what a path does not take does not compile, nor is it taken', async () => {
  const client = await open();
  // @ts-expect-error: the word of the path is missing
  await expect(client.get('/typed-mails/{box}')).rejects.toMatchObject({
    code: 'DS_API_CALL_INVALID',
  });
  // @ts-expect-error: there is no such path
  await expect(client.get('/typed-mail')).rejects.toMatchObject({ code: 'DS_API_ROUTE_UNKNOWN' });
  // @ts-expect-error: it is read, not written
  await expect(client.post('/typed-mails/{box}', { params: { box: 'a' } })).rejects.toMatchObject({
    code: 'DS_API_METHOD_REFUSED',
  });
  const params = { box: 'a', limit: 'many' };
  // @ts-expect-error: a number
  await expect(client.get('/typed-mails/{box}', { params })).rejects.toMatchObject({
    code: 'DS_API_INVALID',
  });
});
