import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { eachStore } from '../../../rig/database.ts';
import { countEach } from '../../../rig/permissions-checkout.ts';
import { by, openTokens } from './open-tokens.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Code of what was thrown. */
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was refused',
    (thrown: unknown) => (thrown as { code?: unknown }).code,
  );

eachStore((createStore) => {
  const open = async () => openTokens(await createStore());

  test('a token is found with what it was made with; only its hash is kept', async () => {
    const { tokens, rows } = await open();
    const { token, entry } = await tokens.add({
      name: 'ci',
      user: 'ADA',
      permissions: ['users.admin', 'services.write', 'users.admin'],
      sudo: true,
      by,
    });
    expect(token).toMatch(/^dst_[A-Za-z0-9_-]{43}$/);
    const found = {
      id: entry.id,
      name: 'ci',
      user: 'ada',
      permissions: ['services.write', 'users.admin'],
      sudo: true,
    };
    expect(await tokens.find(token)).toEqual(found);
    expect(await tokens.look(entry.id)).toEqual(found);
    expect(entry).toEqual({
      ...found,
      state: 'live',
      created: '2030-01-01T00:00:00.000Z',
      createdBy: by,
      expires: null,
      revoked: null,
      revokedBy: null,
      lastUsed: null,
    });
    const [row] = await rows();
    expect(row?.hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(row)).not.toContain(token.slice('dst_'.length));
  });

  test('what is no token, or a little otherwise, finds nothing', async () => {
    const { tokens } = await open();
    const { token, entry } = await tokens.add({ name: 'ci', user: 'ada', by });
    const last = token.at(-1) === 'A' ? 'B' : 'A';
    const others = ['', 'dst_', 'ci', entry.id, `id:${entry.id}`, ` ${token}`, `${token}\n`].concat(
      [token.toUpperCase(), token.slice(0, -1), `${token.slice(0, -1)}${last}`, `${token}A`],
      [
        "dst_' or 1=1 --",
        `dst_${'%'.repeat(43)}`,
        createHash('sha256').update(token).digest('hex'),
      ],
    );
    for (const text of others) expect([text, await tokens.find(text)]).toEqual([text, undefined]);
    expect(await tokens.look('')).toBeUndefined();
    expect(await tokens.find(token)).toMatchObject({ id: entry.id, user: 'ada' });
  });

  test('a revoked token is found no more, in any process; this one hears of it at once, and once', async () => {
    const opened = await open();
    const { tokens } = opened;
    const heard: string[] = [];
    const leave = tokens.onRevoked((id) => void heard.push(id));
    const { token, entry } = await tokens.add({ name: 'ci', user: 'ada', by });
    const other = opened.another();
    expect(await other.find(token)).toMatchObject({ id: entry.id, user: 'ada' });
    opened.now += 5000;
    expect(await tokens.revoke({ token: 'ci', by: 'os:eve' })).toMatchObject({
      change: 'revoked',
      entry: { state: 'revoked', revoked: '2030-01-01T00:00:05.000Z', revokedBy: 'os:eve' },
    });
    expect(await tokens.find(token)).toBeUndefined();
    expect(await other.find(token)).toBeUndefined();
    expect(await other.look(entry.id)).toBeUndefined();
    expect(await tokens.revoke({ token: `id:${entry.id}`, by })).toMatchObject({
      change: 'unchanged',
      entry: { revokedBy: 'os:eve' },
    });
    expect(heard).toEqual([entry.id]);
    leave();
    const next = await tokens.add({ name: 'ci', user: 'ada', by });
    await tokens.revoke({ token: next.token, by });
    expect(heard).toEqual([entry.id]);
    expect(await tokens.find(next.token)).toBeUndefined();
  });

  test('a token ends when it was to end, and its name is free then', async () => {
    const opened = await open();
    const { tokens } = opened;
    const add = (expires: string) => tokens.add({ name: 'ci', user: 'ada', expires, by });
    const { token, entry } = await add('30d');
    expect(entry.expires).toBe('2030-01-31T00:00:00.000Z');
    expect(await codeOf(add('30d'))).toBe('DS_API_TOKEN_EXISTS');
    opened.now += 30 * dayMs - 1;
    expect(await tokens.find(token)).toMatchObject({ id: entry.id, user: 'ada' });
    opened.now += 1;
    expect(await tokens.find(token)).toBeUndefined();
    expect(await tokens.list()).toMatchObject([{ state: 'expired', revoked: null }]);
    const next = await add('2031-01-31');
    expect(await tokens.find(token)).toBeUndefined();
    expect(await tokens.find(next.token)).toMatchObject({ name: 'ci' });
    expect((await tokens.list()).map(({ id, state }) => [id, state])).toEqual([
      [next.entry.id, 'live'],
      [entry.id, 'expired'],
    ]);
  });

  test('its user is looked up at each use', async () => {
    const { tokens, permissions } = await open();
    const { token, entry } = await tokens.add({ name: 'ci', user: 'ada', by });
    const set = (changes: { active?: boolean; superuser?: boolean }) =>
      permissions.users.set({ user: 'ada', changes, by });
    await set({ active: false });
    expect(await tokens.find(token)).toBeUndefined();
    expect(await tokens.look(entry.id)).toBeUndefined();
    await set({ active: true, superuser: false });
    expect(await tokens.find(token)).toMatchObject({ user: 'ada' });
  });

  test('a use is noted once a minute, and a look is none', async () => {
    const opened = await open();
    const { tokens, writes } = opened;
    const { token, entry } = await tokens.add({ name: 'ci', user: 'ada', by });
    const lastUsed = async () => (await tokens.list())[0]?.lastUsed;
    writes();
    await tokens.look(entry.id);
    expect(await lastUsed()).toBe(null);
    await Promise.all([tokens.find(token), tokens.find(token), tokens.find(token)]);
    expect(await lastUsed()).toBe('2030-01-01T00:00:00.000Z');
    opened.now += minuteMs - 1;
    await tokens.find(token);
    expect(writes()).toBe(1);
    // Another process knows of the last one from the store.
    await opened.another().find(token);
    expect(await lastUsed()).toBe('2030-01-01T00:00:00.000Z');
    opened.now += 1;
    await tokens.find(token);
    expect(await lastUsed()).toBe('2030-01-01T00:01:00.000Z');
  });

  test('of two of one name made at once, one is there', async () => {
    const { tokens, another, rows } = await open();
    const add = (register: typeof tokens) => codeOf(register.add({ name: 'ci', user: 'ada', by }));
    const codes = (await Promise.all([tokens, another(), tokens, another()].map(add))).map(String);
    expect(countEach(codes)).toEqual({ DS_API_TOKEN_EXISTS: 3, 'nothing was refused': 1 });
    expect(await rows()).toHaveLength(1);
  });

  test.each([
    ['a name of spaces', { name: 'c i' }, 'DS_API_TOKEN_INVALID'],
    ['no name', { name: '' }, 'DS_API_TOKEN_INVALID'],
    ['a name with a line end', { name: 'ci\n' }, 'DS_API_TOKEN_INVALID'],
    ['a name of 65 characters', { name: 'c'.repeat(65) }, 'DS_API_TOKEN_INVALID'],
    ['a token for a name', { name: `dst_${'a'.repeat(43)}` }, 'DS_API_TOKEN_INVALID'],
    ['a user who is not there', { user: 'adda' }, 'DS_USER_UNKNOWN'],
    ['nobody', { user: '' }, 'DS_USER_UNKNOWN'],
    ['a misspelt permission', { permissions: ['services.wite'] }, 'DS_API_PERMISSION_UNKNOWN'],
    ['an end in the past', { expires: '2029-12-31' }, 'DS_API_TOKEN_INVALID'],
    ['no time', { expires: '0d' }, 'DS_API_TOKEN_INVALID'],
    ['a word for a time', { expires: 'tomorrow' }, 'DS_API_TOKEN_INVALID'],
    ['a date that does not exist', { expires: '2030-13-01' }, 'DS_API_TOKEN_INVALID'],
    ['more than ten years', { expires: '999999d' }, 'DS_API_TOKEN_INVALID'],
    ['a time that is no number', { expires: '1e9d' }, 'DS_API_TOKEN_INVALID'],
  ])('%s is refused, and nothing is made', async (_, given, code) => {
    const { tokens, rows } = await open();
    expect(await codeOf(tokens.add({ name: 'ci', user: 'ada', by, ...given }))).toBe(code);
    expect(await rows()).toEqual([]);
  });

  test('who revokes what is not there is told what may be meant, and no token is repeated', async () => {
    const { tokens } = await open();
    await tokens.add({ name: 'deploy', user: 'ada', by });
    const messageOf = (token: string) =>
      tokens.revoke({ token, by }).then(
        () => 'revoked',
        (thrown: Error) => thrown.message,
      );
    expect(await messageOf('deplyo')).toBe('There is no token "deplyo". Did you mean "deploy"?');
    const secret = `dst_${'s'.repeat(43)}`;
    for (const given of [secret, secret.slice(0, 20), `${secret}x`]) {
      expect(await messageOf(given)).toBe('There is no token "dst_…".');
    }
    expect(await codeOf(tokens.revoke({ token: 'id:', by }))).toBe('DS_API_TOKEN_UNKNOWN');
  });
});
