import { z } from 'devservices';
import { expect, test } from 'vitest';
import type { ApiClient, RawCallOptions } from '../../../../plugins/control-api/client.ts';
import { type ApiRequest, defineRoute } from '../../../../plugins/control-api/route.ts';
import { ada, ask, asOwner, openNested as open, type Work } from './open-nested.ts';

test('a chain holds across awaits, timers, parallel calls and clients that were kept', async () => {
  const rig = await open();
  const { within, api } = rig;
  const owner = api.client(asOwner);
  let kept: ApiClient | undefined;
  const found = (await within(async ({ client }) => {
    kept = client;
    await new Promise((resolve) => setImmediate(resolve));
    const later = new Promise((resolve) => setTimeout(() => resolve(ask(owner, '/write')), 1));
    return Promise.all([
      ask(owner, '/write'),
      later,
      Promise.resolve().then(() => ask(owner, '/write')),
    ]);
  })) as string[];
  expect(found).toEqual(Array(3).fill('DS_API_ESCALATION'));
  // Outside of any call, a client of one stays what it was: anonymous, and within that call.
  expect(await ask(kept as ApiClient, '/write', asOwner)).toBe('DS_API_ESCALATION');
  expect(await ask(kept as ApiClient, '/known')).toBe('DS_API_PRINCIPAL_NEEDED');
  // Within another call, both count.
  const crossed = await within(() => ask(kept as ApiClient, '/known', ada), asOwner);
  expect(crossed).toBe('DS_API_ESCALATION');
  // And what is made outside is not within anything.
  expect(await ask(owner, '/write')).toMatch(/^os:/);
});

test('two calls at a time do not mix', async () => {
  const { within } = await open();
  const all = ['ada', 'bob', 'eve'].flatMap((user) => Array<string>(5).fill(user));
  const work: Work = async ({ client }) => {
    await new Promise((resolve) => setImmediate(resolve));
    return ask(client, '/known');
  };
  const found = await Promise.all(all.map((user) => within(work, { as: { user } })));
  expect(found).toEqual(all.map((user) => `user:${user}`));
});

test('what makes the events of a stream is within its call', async () => {
  const streamed = defineRoute(
    {
      method: 'GET',
      path: '/stream',
      tag: 'test',
      summary: 'Calls',
      access: 'anybody',
      answer: { kind: 'stream', description: 'Codes', schema: z.unknown() },
    },
    async function* () {
      await Promise.resolve();
      yield { data: await ask(rig.api.client(asOwner), '/known') };
      yield { data: await ask(rig.api.client(asOwner), '/known') };
    },
  );
  const rig = await open();
  rig.api.add(streamed);
  const found: unknown[] = [];
  for await (const { data } of rig.api.client().stream('/stream' as never)) found.push(data);
  expect(found).toEqual(['DS_API_ESCALATION', 'DS_API_ESCALATION']);
});

test('calls within calls end at a depth, which is told all the way out', async () => {
  const { within } = await open();
  let depth = 0;
  const call: Work = async ({ client }) => {
    depth += 1;
    return (await client.request('GET', '/outer')).body;
  };
  await expect(within(call)).rejects.toMatchObject({ status: 508, code: 'DS_API_TOO_DEEP' });
  expect(depth).toBe(8);
});

test('a request takes over the principal of another, as it is by now', async () => {
  const { api, test: host } = await open();
  const take = (principal: ApiRequest['principal'], options: RawCallOptions = {}) =>
    ask(api.client(), '/known', { ...options, request: { principal } });
  expect(await take({ kind: 'user', user: 'ada' })).toBe('user:ada');
  expect(await take({ kind: 'anonymous' })).toBe('DS_API_PRINCIPAL_NEEDED');
  expect(await take({ kind: 'owner' })).toMatch(/^os:/);
  expect(await take({ kind: 'owner' }, asOwner)).toBe('DS_API_TWO_PRINCIPALS');
  expect(await take({ kind: 'user', user: 'nobody' })).toBe('DS_API_USER_REFUSED');
  const { users } = await host.host.use('permissions');
  await users.set({ user: 'ada', changes: { active: false }, by: 'os:test' });
  expect(await take({ kind: 'user', user: 'ada' })).toBe('DS_API_USER_REFUSED');
  const madeUp = {
    kind: 'token',
    id: 'none',
    name: 'ci',
    user: 'bob',
    permissions: ['services.write'],
  };
  expect(await take({ ...madeUp, kind: 'token', sudo: true })).toBe('DS_API_TOKEN_REFUSED');
});
