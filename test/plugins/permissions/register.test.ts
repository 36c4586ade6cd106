import { describe, expect, test } from 'vitest';
import { by, mailRead, openPermissions, refusalOf } from './open-permissions.ts';

const permission = 'mail.read';

describe('what is declared', () => {
  test('is listed by name, and counts once where it is said in the same words', async () => {
    const { register } = await openPermissions([]);
    register.declare({ name: 'b', description: 'B' });
    register.declare(mailRead);
    register.declare({ ...mailRead });
    register.declare({ name: 'a', description: 'A' });
    expect(register.declared().map(({ name }) => name)).toEqual(['a', 'b', 'mail.read']);
  });

  test('with two meanings is refused, and the first stays', async () => {
    const { register } = await openPermissions();
    const again = { name: permission, description: 'Deletes all mail' };
    expect(() => register.declare(again)).toThrow(
      'The permission "mail.read" is declared twice, as "Reads all mail" and as "Deletes all mail"',
    );
    expect(register.declared()).toContainEqual(mailRead);
  });

  test('is declared once in a configuration', async () => {
    const given = [mailRead, { ...mailRead, description: 'Deletes all mail' }];
    const refusal = await refusalOf(openPermissions(given));
    expect(refusal).toMatchObject({ code: 'DS_PLUGIN_OPTIONS_INVALID', blame: 'user' });
    expect(refusal['message']).toContain('permissions.declare: names a permission twice');
  });

  test('by a name that cannot be one is refused', async () => {
    const { register } = await openPermissions();
    expect(() => register.declare({ name: 'Mail.read', description: '' })).toThrow(
      'The permission "Mail.read" has "M" (U+004D)',
    );
  });
});

describe('add', () => {
  test('gives it once, says so at each call, and records one change', async () => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada');
    const first = await register.add({ user: 'ada', permission, by });
    expect(first).toMatchObject({ change: 'added', directory: 'store', permission });
    expect(first.user).toMatchObject({ username: 'ada', superuser: true, active: true });
    const second = await register.add({ user: 'ADA', permission, by });
    expect(second).toEqual({ ...first, change: 'unchanged' });
    expect((await register.list({ user: 'ada' })).permissions).toEqual([
      { name: permission, isDeclared: true },
    ]);
    expect((await recorded()).slice(1)).toEqual(['permission-added ada mail.read']);
  });

  test('is for superusers, and says how one becomes it', async () => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada', { superuser: false });
    const before = await recorded();
    expect(await refusalOf(register.add({ user: 'ada', permission, by }))).toEqual({
      code: 'DS_USER_NOT_SUPERUSER',
      blame: 'user',
      message:
        'ada is no superuser in the store, so "mail.read" would have no effect and was not added.',
      hint: 'Run `devservices permissions users set ada --superuser` first.',
    });
    expect((await register.list({ user: 'ada' })).permissions).toEqual([]);
    expect(await recorded()).toEqual(before);
  });

  test('is done for an inactive superuser, without effect', async () => {
    const { register, authorizer, addUser } = await openPermissions();
    await addUser('ada');
    await register.users.set({ user: 'ada', changes: { active: false }, by });
    expect(await register.add({ user: 'ada', permission, by })).toMatchObject({
      change: 'added',
      user: { active: false },
    });
    expect(await register.list({ user: 'ada' })).toMatchObject({ isEffective: false });
    expect(await authorizer.allows('ada', permission)).toBe(false);
  });

  test('of what nothing declares needs force, and what it may have been meant to be is said', async () => {
    const { register, addUser } = await openPermissions();
    await addUser('ada');
    const request = { user: 'ada', permission: 'mail.raed', by };
    expect(await refusalOf(register.add(request))).toMatchObject({
      code: 'DS_PERMISSION_UNKNOWN',
      blame: 'user',
      message:
        'Nothing declares the permission "mail.raed". Did you mean "mail.read"? There are: mail.read, mail.send.',
    });
    expect(await register.add({ ...request, force: true })).toMatchObject({ change: 'added' });
    expect((await register.list({ user: 'ada' })).permissions).toEqual([
      { name: 'mail.raed', isDeclared: false },
    ]);
  });

  test.each([
    ['', 'is empty'],
    ['a'.repeat(65), 'has 65 characters, and there is room for 64'],
    ['mаil.read', 'has "а" (U+0430)'],
    ["'; drop table devservices_user;--", 'has "\'" (U+0027)'],
    ['mail.read\0', 'has the character U+0000'],
    ['\ud800', 'has the character U+D800'],
  ])('of %j is refused, also by force, and nothing is changed', async (name, problem) => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada');
    const before = await recorded();
    const refusal = await refusalOf(
      register.add({ user: 'ada', permission: name, by, force: true }),
    );
    expect(refusal).toMatchObject({ code: 'DS_PERMISSION_INVALID', blame: 'user' });
    expect(refusal['message']).toContain(problem);
    expect(await recorded()).toEqual(before);
    expect((await register.list({ user: 'ada' })).permissions).toEqual([]);
  });
});

describe('remove', () => {
  test('takes it once, says so at each call, and records one change', async () => {
    const { register, addUser, recorded } = await openPermissions();
    await addUser('ada');
    await register.add({ user: 'ada', permission, by });
    const request = { user: 'ada', permission, by };
    expect(await register.remove(request)).toMatchObject({ change: 'removed', permission });
    expect(await register.remove(request)).toMatchObject({ change: 'unchanged', permission });
    expect((await register.list({ user: 'ada' })).permissions).toEqual([]);
    expect((await recorded()).slice(1)).toEqual([
      'permission-added ada mail.read',
      'permission-removed ada mail.read',
    ]);
  });

  test('is done for who is no superuser any more, and of what nothing declares', async () => {
    const { register, addUser } = await openPermissions();
    await addUser('ada');
    await register.add({ user: 'ada', permission, by });
    await register.add({ user: 'ada', permission: 'gone.by', by, force: true });
    await register.users.set({ user: 'ada', changes: { superuser: false }, by });
    expect(await register.list({ user: 'ada' })).toMatchObject({
      isEffective: false,
      permissions: [{ name: 'gone.by' }, { name: permission }],
    });
    for (const name of ['gone.by', permission]) {
      const removed = await register.remove({ user: 'ada', permission: name, by });
      expect(removed.change).toBe('removed');
    }
    expect((await register.list({ user: 'ada' })).permissions).toEqual([]);
  });

  test('of what no permission can be called is refused', async () => {
    const { register, addUser } = await openPermissions();
    await addUser('ada');
    for (const name of ['', 'Mail.read', 'x\0', 'a'.repeat(65)]) {
      const refusal = await refusalOf(register.remove({ user: 'ada', permission: name, by }));
      expect(refusal).toMatchObject({ code: 'DS_PERMISSION_INVALID' });
    }
  });
});

describe('who', () => {
  test('names all who have been given it, and whether it counts', async () => {
    const { register, addUser } = await openPermissions();
    for (const username of ['zoe', 'Ada', 'bob', 'eve']) await addUser(username);
    for (const user of ['zoe', 'Ada', 'bob']) await register.add({ user, permission, by });
    await register.users.set({ user: 'bob', changes: { active: false }, by });
    await register.users.set({ user: 'zoe', changes: { superuser: false }, by });
    const { users, ...rest } = await register.who({ permission });
    expect(rest).toEqual({ directory: 'store', permission, isDeclared: true });
    expect(users.map(({ username, isEffective }) => [username, isEffective])).toEqual([
      ['Ada', true],
      ['bob', false],
      ['zoe', false],
    ]);
    expect(await register.who({ permission: 'mail.send' })).toMatchObject({ users: [] });
    const unknown = await register.who({ permission: 'mail.raed' });
    expect(unknown).toMatchObject({ isDeclared: false, users: [] });
  });

  test('of what no permission can be called is refused', async () => {
    const { register } = await openPermissions();
    for (const name of ['', 'Mail.read', 'x\0', '\udc00']) {
      const refusal = await refusalOf(register.who({ permission: name }));
      expect(refusal).toMatchObject({ code: 'DS_PERMISSION_INVALID' });
    }
  });
});

describe('log', () => {
  test('tells who changed what, the newest first, of all or of one', async () => {
    const { register, addUser } = await openPermissions();
    await addUser('ada');
    await addUser('bob');
    await register.add({ user: 'bob', permission, by: 'os:ada' });
    const entries = await register.log({});
    expect(entries.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(entries[0]).toMatchObject({ by: 'os:ada', action: 'permission-added', username: 'bob' });
    expect(entries[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const bobs = await register.log({ user: 'BOB' });
    expect(bobs).toEqual(entries.slice(0, 2));
    expect(await register.log({ user: `id:${bobs[0]?.userId}` })).toEqual(bobs);
    expect(await register.log({ limit: 1 })).toEqual(entries.slice(0, 1));
    expect(await register.log({ limit: 0.5 })).toEqual(entries.slice(0, 1));
  });

  test('of nobody is an error', async () => {
    const { register } = await openPermissions();
    for (const user of ['eve', 'id:7', 'id:', 'id:\0']) {
      expect(await refusalOf(register.log({ user }))).toMatchObject({ code: 'DS_USER_UNKNOWN' });
    }
  });
});

test('where the application’s users are not configured, they cannot be asked for', async () => {
  const { register } = await openPermissions();
  const directory = 'app' as const;
  for (const work of [
    register.list({ user: 'ada', directory }),
    register.add({ user: 'ada', permission, by, directory }),
    register.remove({ user: 'ada', permission, by, directory }),
    register.who({ permission, directory }),
    register.log({ directory }),
    register.users.list({ directory }),
    register.users.add({ username: 'ada', by, directory }),
    register.users.set({ user: 'ada', changes: { active: true }, by, directory }),
  ]) {
    expect(await refusalOf(work)).toMatchObject({ code: 'DS_DIRECTORY_MISSING', blame: 'user' });
  }
});
