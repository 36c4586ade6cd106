import { definePlugin } from 'devservices';
import { createTestHost } from 'devservices/testing';
import { expect, onTestFinished, test } from 'vitest';
import { permissions } from '../../../plugins/permissions/index.ts';
import { store } from '../../../plugins/store/index.ts';
import { by, openPermissions, refusalOf } from './open-permissions.ts';

const truths = [true, false];
const cases = truths.flatMap((active) =>
  truths.flatMap((superuser) =>
    truths.flatMap((isDeclared) =>
      truths.map((isHeld) => ({ active, superuser, isDeclared, isHeld })),
    ),
  ),
);

test.each(cases)(
  'active $active, superuser $superuser, declared $isDeclared, held $isHeld',
  async ({ active, superuser, isDeclared, isHeld }) => {
    const { register, authorizer, addUser } = await openPermissions();
    const permission = isDeclared ? 'mail.read' : 'mail.gone';
    await addUser('ada', { email: 'ada@example.org' });
    await addUser('other');
    await register.add({ user: 'other', permission, by, force: true });
    if (isHeld) await register.add({ user: 'ada', permission, by, force: true });
    await register.add({ user: 'ada', permission: 'mail.send', by });
    if (!active || !superuser) {
      await register.users.set({ user: 'ada', changes: { active, superuser }, by });
    }
    const isAllowed = active && superuser && isDeclared && isHeld;
    for (const name of ['ada', 'ADA', 'ada@example.org']) {
      expect(await authorizer.allows(name, permission)).toBe(isAllowed);
    }
    expect((await register.list({ user: 'ada' })).isEffective).toBe(active && superuser);
  },
);

test('strangers, odd names and permissions may nothing', async () => {
  const { register, authorizer, addUser } = await openPermissions();
  await addUser('ada');
  await register.add({ user: 'ada', permission: 'mail.read', by });
  expect(await authorizer.allows('ada', 'mail.read')).toBe(true);
  for (const name of ['', 'eve', 'id:', 'id:7', 'аda', 'ada ', 'a\0', '%', "' or 1=1 --"]) {
    expect([name, await authorizer.allows(name, 'mail.read')]).toEqual([name, false]);
  }
  for (const name of ['', 'mail', 'Mail.read', 'mail.read ', 'mаil.read', '%', '\0']) {
    expect([name, await authorizer.allows('ada', name)]).toEqual([name, false]);
  }
});

test('what is taken away is gone at the next question', async () => {
  const { register, authorizer, addUser } = await openPermissions();
  await addUser('ada');
  const request = { user: 'ada', permission: 'mail.read', by };
  const answers: boolean[] = [];
  for (const change of ['add', 'remove', 'add'] as const) {
    await register[change](request);
    answers.push(await authorizer.allows('ada', 'mail.read'));
  }
  await register.users.set({ user: 'ada', changes: { active: false }, by });
  answers.push(await authorizer.allows('ada', 'mail.read'));
  expect(answers).toEqual([true, false, true, false]);
});

test('what a plugin declares is known to who asks the authorizer first', async () => {
  const mail = definePlugin({
    name: 'mail',
    setup(ctx) {
      ctx.extend('permissions', (names) =>
        names.declare({ name: 'mail.purge', description: 'Removes all mail' }),
      );
    },
  });
  const config = { plugins: [store(), permissions(), mail] };
  const given = createTestHost({ config });
  onTestFinished(() => given.close());
  await given.host.initialize('permissions');
  const register = await given.host.use('permissions');
  await register.users.add({ username: 'ada', superuser: true, by });
  await register.add({ user: 'ada', permission: 'mail.purge', by });
  const asking = given.again();
  onTestFinished(() => asking.close());
  await asking.host.initialize('permissions');
  const authorizer = await asking.host.use('authorizer');
  expect(await authorizer.allows('ada', 'mail.purge')).toBe(true);
});

test('a store that cannot be read is an error, not an answer', async () => {
  const { test: given } = await openPermissions();
  const asking = given.again({
    plugins: [
      store({ url: 'postgres://ada@127.0.0.1:1/none' }),
      permissions({ declare: [{ name: 'mail.read', description: 'Reads all mail' }] }),
    ],
  });
  onTestFinished(() => asking.close());
  await asking.host.initialize('permissions');
  const authorizer = await asking.host.use('authorizer');
  const refusal = await refusalOf(authorizer.allows('ada', 'mail.read'));
  expect(refusal).toMatchObject({ code: 'DS_STORE_UNREACHABLE', blame: 'environment' });
});
