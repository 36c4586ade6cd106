import { expect, test } from 'vitest';
import { openPermissions, refusalOf } from './open-permissions.ts';

test('a user is found by username whatever the case, by e-mail address, and by id', async () => {
  const { register, addUser } = await openPermissions();
  await addUser('Jürgen', { email: 'Jay@Example.org' });
  await addUser('ada');
  const { user } = await register.list({ user: 'Jürgen' });
  for (const name of [
    'jürgen',
    'JÜRGEN',
    'ju\u0308rgen',
    'jay@example.org',
    'JAY@EXAMPLE.ORG',
    `id:${user.id}`,
  ]) {
    expect([name, (await register.list({ user: name })).user]).toEqual([name, user]);
  }
});

test('a username wins over an e-mail address, and an id over both', async () => {
  const { register, addUser } = await openPermissions();
  await addUser('ada', { email: 'ops@example.org' });
  await addUser('ops@example.org');
  const found = await register.list({ user: 'OPS@example.org' });
  expect(found.user).toMatchObject({ username: 'ops@example.org', email: null });
});

test.each([
  ['ad', 'There is no user "ad" in the store. Did you mean "ada"?'],
  ['graec', 'There is no user "graec" in the store. Did you mean "grace"?'],
  ['nobody-like-them', 'There is no user "nobody-like-them" in the store.'],
  ['ada@example.com', 'There is no user "ada@example.com" in the store.'],
  [
    'аda',
    'There is no user "аda" in the store. Did you mean "ada"? Note "а" (U+0430): such may look like others.',
  ],
  [
    'grac\u0435\u200b',
    'There is no user "grac\u0435\\u{200b}" in the store. Did you mean "grace"? Note "е" (U+0435), the character U+200B: such may look like others.',
  ],
  ['', 'There is no user "" in the store.'],
  ['ada\0', 'There is no user "ada\\u{0}" in the store. Did you mean "ada"?'],
  ['\u001b[2J', 'There is no user "\\u{1b}[2J" in the store.'],
  ['id:', 'There is no user "id:" in the store.'],
  ['id:7', 'There is no user "id:7" in the store.'],
  ["' or 1=1 --", 'There is no user "\' or 1=1 --" in the store.'],
  ['%', 'There is no user "%" in the store.'],
  ['a_a', 'There is no user "a_a" in the store. Did you mean "ada"?'],
])('%j is nobody', async (user, message) => {
  const { register, addUser, recorded } = await openPermissions();
  await addUser('ada', { email: 'ada@example.org' });
  await addUser('grace');
  const before = await recorded();
  const refusal = await refusalOf(register.add({ user, permission: 'mail.read', by: 'os:x' }));
  expect(refusal).toEqual({
    code: 'DS_USER_UNKNOWN',
    blame: 'user',
    message,
    hint: '`devservices permissions users list` lists them; `--user id:ID` names one by its id.',
  });
  expect(await recorded()).toEqual(before);
});

test('a name as long as a book is told in part', async () => {
  const { register } = await openPermissions();
  const refusal = await refusalOf(register.list({ user: 'x'.repeat(100_000) }));
  expect(refusal['message']).toBe(`There is no user "${'x'.repeat(80)}…" in the store.`);
});
