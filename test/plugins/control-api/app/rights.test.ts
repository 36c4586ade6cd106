import { z } from 'devservices';
import { expect, test } from 'vitest';
import type { ApiError } from '../../../../plugins/control-api/client/api-error.ts';
import type { CallOptions } from '../../../../plugins/control-api/client.ts';
import { defineRoute } from '../../../../plugins/control-api/route.ts';
import type { Access } from '../../../../plugins/control-api/route-spec.ts';
import { openTestApi, type TestApi } from '../../../rig/control-api.ts';

const schema = z.object({ by: z.string(), kind: z.string() });

const route = (path: `/${string}`, access: Access) =>
  defineRoute(
    {
      method: 'POST',
      path,
      tag: 'test',
      summary: 'Tells who asked',
      access,
      answer: { kind: 'json', description: 'Who', schema },
    },
    ({ by, principal: { kind } }) => ({ by, kind }),
  );

const routes = [
  route('/try/anybody', 'anybody'),
  route('/try/known', 'known'),
  route('/try/write', { permission: 'services.write' }),
  route('/try/admin', { permission: 'users.admin', sudo: true }),
];

async function open(): Promise<TestApi & { tokens: Record<string, string> }> {
  const rig = await openTestApi({ routes });
  const both = ['services.write', 'users.admin'];
  await rig.addUser('plain');
  await rig.addUser('former', { superuser: false, permissions: both });
  await rig.addUser('bare', { superuser: true });
  await rig.addUser('ada', { superuser: true, permissions: both });
  await rig.addUser('gone', { superuser: true, active: false, permissions: both });
  const tokens = {
    reads: await rig.addToken({ name: 'reads', user: 'ada' }),
    writes: await rig.addToken({ name: 'writes', user: 'ada', permissions: both }),
    sudo: await rig.addToken({ name: 'sudo', user: 'ada', permissions: both, sudo: true }),
    beyond: await rig.addToken({ name: 'beyond', user: 'bare', permissions: both, sudo: true }),
    revoked: await rig.addToken({ name: 'revoked', user: 'ada', permissions: both }),
  };
  await rig.revoke('revoked');
  return { ...rig, tokens };
}

async function ask({ api }: TestApi, path: string, options: CallOptions): Promise<string> {
  try {
    const { body } = await api.client().request('POST', `/try/${path}`, options);
    return (body as z.infer<typeof schema>).by;
  } catch (thrown) {
    const { status, code } = thrown as ApiError;
    return `${status} ${code}`;
  }
}

test('who may call a route is decided by principal, superuser and sudo', async () => {
  const rig = await open();
  const { tokens } = rig;
  const as = (user: string) => ({ as: { user } });
  const by = (name: string) => ({ as: { token: tokens[name] ?? '' } });
  const needed = '401 DS_API_PRINCIPAL_NEEDED';
  const forbidden = '403 DS_API_FORBIDDEN';
  const superuser = '403 DS_API_SUPERUSER_NEEDED';
  const sudo = '403 DS_API_SUDO_NEEDED';
  const noUser = '401 DS_API_USER_REFUSED';
  const noToken = '401 DS_API_TOKEN_REFUSED';
  const owner = expect.stringMatching(/^os:./);
  // Of each: anybody, known, write, admin.
  const rows: [CallOptions, unknown, unknown, unknown, unknown][] = [
    [{}, 'anonymous', needed, needed, needed],
    [{ as: 'anonymous', superuser: true, sudo: true }, 'anonymous', needed, needed, needed],
    [{ as: 'owner' }, owner, owner, owner, sudo],
    [{ as: 'owner', superuser: false }, owner, owner, owner, sudo],
    [{ as: 'owner', sudo: false }, owner, owner, owner, sudo],
    [{ as: 'owner', sudo: true }, owner, owner, owner, owner],
    [as('plain'), 'user:plain', 'user:plain', forbidden, forbidden],
    [{ ...as('plain'), superuser: false }, 'user:plain', 'user:plain', forbidden, forbidden],
    [{ ...as('plain'), superuser: true }, forbidden, forbidden, forbidden, forbidden],
    [{ ...as('former'), superuser: true, sudo: true }, forbidden, forbidden, forbidden, forbidden],
    [{ ...as('bare'), superuser: true }, 'user:bare', 'user:bare', forbidden, forbidden],
    [as('ada'), 'user:ada', 'user:ada', superuser, superuser],
    [{ ...as('ada'), superuser: false }, 'user:ada', 'user:ada', superuser, superuser],
    [{ ...as('ada'), sudo: true }, 'user:ada', 'user:ada', superuser, superuser],
    [{ ...as('ada'), superuser: true }, 'user:ada', 'user:ada', 'user:ada', sudo],
    [{ ...as('ada'), superuser: true, sudo: false }, 'user:ada', 'user:ada', 'user:ada', sudo],
    [{ ...as('ADA'), superuser: true, sudo: true }, 'user:ada', 'user:ada', 'user:ada', 'user:ada'],
    [{ ...as('gone'), superuser: true, sudo: true }, noUser, noUser, noUser, noUser],
    [as('nobody'), noUser, noUser, noUser, noUser],
    [as(''), noUser, noUser, noUser, noUser],
    [by('reads'), 'token:reads', 'token:reads', forbidden, forbidden],
    [
      { ...by('reads'), superuser: true, sudo: true },
      'token:reads',
      'token:reads',
      forbidden,
      forbidden,
    ],
    [by('writes'), 'token:writes', 'token:writes', 'token:writes', sudo],
    [{ ...by('writes'), superuser: true }, 'token:writes', 'token:writes', 'token:writes', sudo],
    [{ ...by('writes'), superuser: false }, 'token:writes', 'token:writes', superuser, superuser],
    [{ ...by('writes'), sudo: true }, 'token:writes', 'token:writes', 'token:writes', sudo],
    [by('sudo'), 'token:sudo', 'token:sudo', 'token:sudo', sudo],
    [{ ...by('sudo'), sudo: true }, 'token:sudo', 'token:sudo', 'token:sudo', 'token:sudo'],
    [{ ...by('beyond'), sudo: true }, 'token:beyond', 'token:beyond', forbidden, forbidden],
    [by('revoked'), noToken, noToken, noToken, noToken],
    [{ as: { token: 'dst_nothing' } }, noToken, noToken, noToken, noToken],
    [{ as: { token: '' } }, noToken, noToken, noToken, noToken],
  ];
  for (const [options, ...expected] of rows) {
    const got = [];
    for (const path of ['anybody', 'known', 'write', 'admin'])
      got.push(await ask(rig, path, options));
    expect(got, JSON.stringify(options)).toEqual(expected);
  }
});

test('over HTTP the same is said by headers', async () => {
  const rig = await open();
  const call = async (path: string, headers: Record<string, string>): Promise<string> => {
    const response = await rig.fetch(`/api/0/try/${path}`, { method: 'POST', headers });
    const body = (await response.json()) as { by?: string; code?: string };
    expect(response.headers.get('www-authenticate')).toBe(
      response.status === 401 ? 'Bearer' : null,
    );
    return body.by ?? `${response.status} ${body.code}`;
  };
  const owner = { authorization: 'Bearer the-owner-of-these-files' };
  const token = { authorization: `Bearer ${rig.tokens['sudo']}` };
  const ada = { ...owner, 'devservices-as': 'user:ada' };
  expect(await call('known', {})).toBe('401 DS_API_PRINCIPAL_NEEDED');
  expect(await call('anybody', {})).toBe('anonymous');
  expect(await call('write', owner)).toMatch(/^os:/);
  expect(await call('admin', owner)).toBe('403 DS_API_SUDO_NEEDED');
  expect(await call('admin', { ...owner, 'devservices-sudo': 'true' })).toMatch(/^os:/);
  expect(await call('admin', { ...owner, 'devservices-sudo': 'false' })).toBe(
    '403 DS_API_SUDO_NEEDED',
  );
  expect(await call('known', ada)).toBe('user:ada');
  expect(await call('write', ada)).toBe('403 DS_API_SUPERUSER_NEEDED');
  expect(await call('write', { ...ada, 'devservices-superuser': 'true' })).toBe('user:ada');
  expect(await call('write', { ...token, 'devservices-superuser': 'false' })).toBe(
    '403 DS_API_SUPERUSER_NEEDED',
  );
  expect(await call('write', token)).toBe('token:sudo');
  expect(await call('known', { ...owner, 'devservices-as': 'anonymous' })).toBe(
    '401 DS_API_PRINCIPAL_NEEDED',
  );
  expect(await call('known', { ...owner, 'devservices-as': 'user:gone' })).toBe(
    '401 DS_API_USER_REFUSED',
  );
  for (const as of ['user:ada', 'anonymous', 'owner']) {
    const acting = { 'devservices-as': as };
    expect(await call('anybody', { ...token, ...acting })).toBe('403 DS_API_ACTING_REFUSED');
    expect(await call('anybody', acting)).toBe('403 DS_API_ACTING_REFUSED');
  }
  for (const wrong of [
    { ...owner, 'devservices-sudo': 'yes' },
    { ...owner, 'devservices-superuser': '1' },
    { ...owner, 'devservices-as': 'ada' },
    { ...owner, 'devservices-as': 'user:' },
    { ...owner, 'devservices-as': 'user:%zz' },
  ]) {
    expect(await call('anybody', wrong)).toBe('400 DS_API_INVALID');
  }
});

test('credentials that are no good are told in the same words, whatever is wrong with them', async () => {
  const rig = await open();
  const leaver = await rig.addToken({ name: 'leaver', user: 'plain' });
  const { users } = await rig.test.host.use('permissions');
  await users.set({ user: 'plain', changes: { active: false }, by: 'os:test' });
  const answers = new Set<string>();
  for (const authorization of [
    'Bearer nonsense',
    'Bearer the-owner-of-these-file',
    'Bearer the-owner-of-these-files2',
    'Bearer dst_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    `Bearer ${rig.tokens['revoked']}`,
    `Bearer ${leaver}`,
    `Basic ${rig.tokens['sudo']}`,
    `${rig.tokens['sudo']}`,
    'Bearer',
    'Bearer a b',
  ]) {
    const response = await rig.fetch('/api/0/health', { headers: { authorization } });
    answers.add(`${response.status} ${await response.text()}`);
  }
  expect([...answers]).toEqual([expect.stringMatching(/^401 \{.*"DS_API_TOKEN_REFUSED"/)]);
});

test('without a store there is nobody but the owner', async () => {
  const rig = await openTestApi({ routes, isBare: true });
  expect(await ask(rig, 'write', { as: 'owner' })).toMatch(/^os:/);
  expect(await ask(rig, 'known', { as: { user: 'ada' } })).toBe('401 DS_API_USER_REFUSED');
  expect(await ask(rig, 'known', { as: { token: `dst_${'A'.repeat(43)}` } })).toBe(
    '401 DS_API_TOKEN_REFUSED',
  );
  const users = rig.api.client({ as: 'owner' }).request('GET', '/users', { sudo: true });
  await expect(users).rejects.toMatchObject({ status: 404, code: 'DS_CONTRACT_MISSING' });
});

test('a handler is told whether whoever asks may do something else', async () => {
  const told: boolean[] = [];
  const asks = defineRoute(
    {
      method: 'GET',
      path: '/may',
      tag: 'test',
      summary: 'Asks',
      access: 'anybody',
      answer: { kind: 'nothing', description: 'Nothing' },
    },
    async ({ allows }) => void told.push(await allows('services.write')),
  );
  const outer = defineRoute(
    {
      method: 'GET',
      path: '/outer',
      tag: 'test',
      summary: 'Asks as the owner',
      access: 'anybody',
      answer: { kind: 'nothing', description: 'Nothing' },
    },
    async ({ client }) => void (await client.request('GET', '/may', { as: 'owner' })),
  );
  const rig = await openTestApi({ routes: [asks, outer] });
  await rig.addUser('ada', { superuser: true, permissions: ['services.write'] });
  await rig.addUser('plain');
  const client = rig.api.client();
  const calls: CallOptions[] = [
    {},
    { as: 'owner' },
    { as: { user: 'plain' } },
    { as: { user: 'ada' } },
    { as: { user: 'ada' }, superuser: true },
  ];
  for (const options of calls) await client.request('GET', '/may', options);
  expect(told).toEqual([false, true, false, false, true]);
  told.length = 0;
  for (const options of calls) await client.request('GET', '/outer', options);
  expect(told).toEqual([false, true, false, false, true]);
});
