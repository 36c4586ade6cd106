import { describe, expect, test } from 'vitest';
import { by, openPermissions, refusalOf } from './open-permissions.ts';

describe('users add', () => {
  test('makes an active user, no superuser unless it is said', async () => {
    const { register, recorded } = await openPermissions();
    const before = Date.now();
    const made = await register.users.add({ username: 'ada', email: 'ada@example.org', by });
    expect(made).toMatchObject({
      change: 'added',
      directory: 'store',
      user: { username: 'ada', email: 'ada@example.org', active: true, superuser: false },
    });
    expect(Date.parse(made.user.created ?? '')).toBeGreaterThanOrEqual(before);
    const root = await register.users.add({ username: 'Root', superuser: true, by });
    expect(root.user).toMatchObject({ email: null, superuser: true });
    expect(await register.users.list({})).toEqual([made.user, root.user]);
    expect(await recorded()).toEqual([
      'user-added ada {"email":"ada@example.org","superuser":false}',
      'user-added Root {"email":null,"superuser":true}',
    ]);
  });

  test.each([
    ['ADA', undefined, 'username "ADA"'],
    ['bob', 'ADA@example.org', 'e-mail address "ADA@example.org"'],
  ])('refuses the name or address of another, whatever the case: %s %s', async (...given) => {
    const [username, email, named] = given;
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada', { email: 'ada@example.org' });
    const before = await recorded();
    const refusal = await refusalOf(register.users.add({ username, email, by }));
    expect(refusal).toMatchObject({ code: 'DS_USER_EXISTS', blame: 'user' });
    expect(refusal['message']).toContain(`There is a user with the ${named} in the store already`);
    expect(await register.users.list({})).toHaveLength(1);
    expect(await recorded()).toEqual(before);
  });

  test.each([
    [{ username: '' }, 'The username "" is empty.'],
    [{ username: 'id:7' }, 'begins with "id:"'],
    [{ username: 'аda' }, 'mixes letters of Latin with "а" (U+0430) of Cyrillic'],
    [{ username: 'a b' }, 'has the character U+0020'],
    [{ username: 'ada', email: '' }, 'The e-mail address "" is empty.'],
    [{ username: 'ada', email: 'ada' }, 'is not of the form someone@somewhere'],
  ])('refuses %j', async (given, problem) => {
    const { register } = await openPermissions();
    const refusal = await refusalOf(register.users.add({ ...given, by }));
    expect(refusal).toMatchObject({ code: 'DS_USER_INVALID', blame: 'user' });
    expect(refusal['message']).toContain(problem);
    expect(await register.users.list({})).toEqual([]);
    expect(await register.log({})).toEqual([]);
  });

  test.each([
    ['ace', 'асе', 'looks like "ace", another user, by "а" (U+0430), "с" (U+0441), "е" (U+0435)'],
    ['асе', 'Ace', 'looks like "асе", another user'],
    ['коте', 'kote', 'looks like "коте", another user'],
    ['ëo', 'ёо', 'looks like "ëo", another user'],
  ])('refuses, where %s is a user, %s', async (known, given, problem) => {
    const { register } = await openPermissions();
    await register.users.add({ username: known, by });
    const refusal = await refusalOf(register.users.add({ username: given, by }));
    expect(refusal).toMatchObject({ code: 'DS_USER_INVALID', blame: 'user' });
    expect(refusal['message']).toContain(problem);
    expect(await register.users.list({})).toHaveLength(1);
  });

  test('takes a name of letters that mislead, where it misleads to nobody', async () => {
    const { register, addUser } = await openPermissions();
    for (const username of ['Сара', 'ace', 'Саша', 'ада', 'ada2']) await addUser(username);
    expect(await register.users.list({})).toHaveLength(5);
    expect(await refusalOf(register.users.add({ username: 'АСЕ', by }))).toMatchObject({
      code: 'DS_USER_INVALID',
    });
  });

  test('lists users by name, whatever the case', async () => {
    const { register, addUser } = await openPermissions();
    for (const username of ['zoe', 'Bob', 'ada', 'Zoltan', 'eve']) await addUser(username);
    const names = (await register.users.list({})).map(({ username }) => username);
    expect(names).toEqual(['ada', 'Bob', 'eve', 'zoe', 'Zoltan']);
  });
});

describe('users set', () => {
  test('changes what is named, and records that alone', async () => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada', { superuser: false });
    const set = (changes: object) => register.users.set({ user: 'ADA', changes, by });
    expect(await set({ superuser: true, active: true })).toMatchObject({
      change: 'changed',
      user: { username: 'ada', superuser: true, active: true, email: null },
    });
    expect(await set({ email: 'ada@example.org', superuser: undefined })).toMatchObject({
      change: 'changed',
      user: { email: 'ada@example.org', superuser: true },
    });
    expect(await set({ active: false })).toMatchObject({ user: { active: false } });
    expect((await recorded()).slice(1)).toEqual([
      'user-changed ada {"superuser":true}',
      'user-changed ada {"email":"ada@example.org"}',
      'user-changed ada {"active":false}',
    ]);
  });

  test('of what is so already changes and records nothing', async () => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada', { email: 'ada@example.org' });
    const before = await recorded();
    const changes = { email: 'ada@example.org', active: true, superuser: true };
    const result = await register.users.set({ user: 'ada', changes, by });
    expect(result).toMatchObject({ change: 'unchanged', user: { username: 'ada' } });
    expect(await recorded()).toEqual(before);
  });

  test('takes permissions from nobody: who is a superuser again has them again', async () => {
    const { register, authorizer, addUser } = await openPermissions();
    await addUser('ada');
    await register.add({ user: 'ada', permission: 'mail.read', by });
    const allows: boolean[] = [];
    for (const superuser of [false, true]) {
      await register.users.set({ user: 'ada', changes: { superuser }, by });
      allows.push(await authorizer.allows('ada', 'mail.read'));
    }
    expect(allows).toEqual([false, true]);
  });

  test('refuses what cannot be, and changes nothing', async () => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada');
    await addUser('bob', { email: 'bob@example.org' });
    const before = [await register.users.list({}), await recorded()];
    for (const [user, changes, code] of [
      ['ada', {}, 'DS_USER_CHANGE_MISSING'],
      ['ada', { active: undefined }, 'DS_USER_CHANGE_MISSING'],
      ['ada', { email: 'nowhere', active: false }, 'DS_USER_INVALID'],
      ['ada', { email: 'BOB@example.org', active: false }, 'DS_USER_EXISTS'],
      ['eve', { active: false }, 'DS_USER_UNKNOWN'],
    ] as const) {
      const refusal = await refusalOf(register.users.set({ user, changes, by }));
      expect(refusal).toMatchObject({ code, blame: 'user' });
    }
    expect([await register.users.list({}), await recorded()]).toEqual(before);
  });
});

test('find gives the one who is meant, and nobody where that is not clear', async () => {
  const { register, addUser } = await openPermissions();
  await addUser('ada', { email: 'ada@example.org' });
  const [ada] = await register.users.list({});
  for (const user of ['ADA', 'Ada@Example.org', `id:${ada?.id}`]) {
    expect(await register.users.find({ user })).toEqual(ada);
  }
  for (const user of ['', 'adda', 'id:', 'id:7', 'ada\u0000', "ada' or 1=1 --"]) {
    expect([user, await register.users.find({ user })]).toEqual([user, undefined]);
  }
});
