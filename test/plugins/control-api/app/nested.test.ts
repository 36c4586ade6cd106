import { expect, test } from 'vitest';
import { ada, ask, asOwner, openNested as open, type Work } from './open-nested.ts';

test('a call within a call is made by whoever made the outer one, unless it names another', async () => {
  const { within, api } = await open();
  const work: Work = async ({ client }) => [
    await ask(client, '/known'),
    await ask(api.client(), '/known'),
    await ask(client, '/known', { as: { user: 'bob' } }),
    await ask(api.client({ as: { user: 'bob' } }), '/known'),
    await ask(client, '/open', { as: 'anonymous' }),
  ];
  expect(await within(work, ada)).toEqual([
    'user:ada',
    'user:ada',
    'user:bob',
    'user:bob',
    'anonymous',
  ]);
});

test('it can do no more than the outer one, whoever it says to be and whose client it is', async () => {
  const { within, api } = await open();
  const owner = api.client(asOwner);
  const work: Work = async ({ client }) => [
    await ask(client, '/open', asOwner),
    await ask(owner, '/known'),
    await ask(client, '/known', ada),
    await ask(owner, '/write'),
    await ask(owner, '/admin', { sudo: true }),
  ];
  const refused = 'DS_API_ESCALATION';
  const owned = expect.stringMatching(/^os:/);
  expect(await within(work)).toEqual([owned, refused, refused, refused, refused]);
  expect(await within(work, { as: { user: 'eve' } })).toEqual([
    owned,
    owned,
    'user:ada',
    refused,
    refused,
  ]);
  // Ada may write; she did not say that she asks as a superuser.
  expect(await within(work, ada)).toEqual([owned, owned, 'user:ada', refused, refused]);
  expect(await within(work, { ...ada, superuser: true })).toEqual([
    owned,
    owned,
    'user:ada',
    owned,
    refused,
  ]);
  expect(await within(work, { ...ada, superuser: true, sudo: true })).toEqual([
    owned,
    owned,
    'user:ada',
    owned,
    owned,
  ]);
});

test('superuser and sudo are neither passed on nor raised', async () => {
  const { within } = await open();
  const work: Work = async ({ client }) => [
    await ask(client, '/write'),
    await ask(client, '/write', { superuser: true }),
    await ask(client, '/write', { superuser: false }),
    await ask(client, '/admin', { superuser: true }),
    await ask(client, '/admin', { superuser: true, sudo: true }),
    await ask(client, '/open', { superuser: true }),
    await ask(client, '/open', { sudo: true }),
  ];
  const needed = 'DS_API_SUPERUSER_NEEDED';
  const raised = 'DS_API_ESCALATION';
  expect(await within(work, ada)).toEqual([needed, raised, needed, raised, raised, raised, raised]);
  expect(await within(work, { ...ada, superuser: true })).toEqual([
    needed,
    'user:ada',
    needed,
    'DS_API_SUDO_NEEDED',
    raised,
    'user:ada',
    raised,
  ]);
  expect(await within(work, { ...ada, superuser: true, sudo: true })).toEqual([
    needed,
    'user:ada',
    needed,
    'DS_API_SUDO_NEEDED',
    'user:ada',
    'user:ada',
    'user:ada',
  ]);
});

test('of three calls, the middle one counts as well', async () => {
  const { within } = await open();
  const found: string[] = [];
  let isInner = false;
  const work: Work = async ({ client }) => {
    if (isInner) return void found.push(await ask(client, '/write', { ...ada, superuser: true }));
    isInner = true;
    await client.request('GET', '/outer', { as: { user: 'eve' } });
  };
  await within(work, asOwner);
  expect(found).toEqual(['DS_API_ESCALATION']);
});
