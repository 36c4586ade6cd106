import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { createPermissionsRepo } from './permissions-repo.ts';

test('from nobody to a permission and back, as people read it', async () => {
  const { tell } = createPermissionsRepo();
  const given = '--user ada --permission mail.read';
  expect(await tell('users list')).toEqual([0, 'There are no users.']);
  expect(await tell('log')).toEqual([0, 'Nothing was changed yet.']);
  expect(await tell('users add ada --email ada@example.org')).toEqual([0, 'ada is a user now.']);
  expect(await tell(`add ${given}`)).toEqual([
    2,
    '✘ ada is no superuser in the store, so "mail.read" would have no effect and was not added.',
    '  → Run `devservices permissions users set ada --superuser` first. DS_USER_NOT_SUPERUSER',
  ]);
  expect(await tell('users set ADA --superuser')).toEqual([
    0,
    'ada is an active superuser with the address ada@example.org.',
  ]);
  expect(await tell(`list --user ada`)).toEqual([0, 'Permissions of ada', 'None.']);
  expect(await tell(`add ${given}`)).toEqual([0, 'ada has mail.read now.']);
  expect(await tell(`add ${given}`)).toEqual([0, 'ada has mail.read already.']);
  expect(await tell('list --user ada@example.org')).toEqual([
    0,
    'Permissions of ada',
    '- mail.read',
  ]);
  expect(await tell('who --permission mail.read')).toEqual([0, 'Who has mail.read', '- ada']);
  expect(await tell(`remove ${given}`)).toEqual([0, 'ada does not have mail.read any more.']);
  expect(await tell(`remove ${given}`)).toEqual([0, 'ada did not have mail.read.']);
  expect(await tell('who --permission mail.read')).toEqual([0, 'Who has mail.read', 'Nobody.']);
});

test('what has no effect, and what nothing declares, is marked', async () => {
  const { tell } = createPermissionsRepo();
  await tell('users add ada --superuser');
  await tell('add --user ada --permission mail.send');
  await tell('add --user ada --permission mail.old --force');
  expect(await tell('users deactivate ada')).toEqual([0, 'ada is an inactive superuser.']);
  expect(await tell('users deactivate ada')).toEqual([
    0,
    'ada is an inactive superuser, as before.',
  ]);
  expect(await tell('add --user ada --permission mail.read')).toEqual([
    0,
    'ada has mail.read now.',
    '! It has no effect: ada is not active.',
  ]);
  expect(await tell('users set ada --no-superuser')).toEqual([0, 'ada is an inactive user.']);
  expect(await tell('list --user ada')).toEqual([
    0,
    'Permissions of ada',
    '- mail.old (nothing declares it)',
    '- mail.read',
    '- mail.send',
    'Without effect: ada is no superuser and not active.',
  ]);
  expect(await tell('who --permission mail.old')).toEqual([
    0,
    'Who has mail.old',
    '- ada (without effect: ada is no superuser and not active)',
    'Nothing declares it.',
  ]);
  expect(await tell('users set ada --active --superuser')).toEqual([
    0,
    'ada is an active superuser.',
  ]);
});

test('tables of users and of the log', async () => {
  const { run } = createPermissionsRepo();
  await run('users add zoe --superuser');
  await run('users add ada --email ada@example.org');
  await run('users deactivate ada');
  await run('add --user zoe --permission mail.read');
  const users = (await run('users list')).stdout.trimEnd().split('\n');
  expect(users).toHaveLength(2);
  expect(users[0]).toMatch(/^ada +ada@example\.org +inactive +id:[0-9a-f-]+$/);
  expect(users[1]).toMatch(/^zoe +superuser +id:[0-9a-f-]+$/);
  const who = `os:${userInfo().username}`;
  const log = (await run('log')).stdout.trimEnd().split('\n');
  expect(log.map((line) => line.split(/ {2,}/).slice(1))).toEqual([
    [who, 'permission-added', 'zoe', 'mail.read'],
    [who, 'user-changed', 'ada', '{"active":false}'],
    [who, 'user-added', 'ada', '{"email":"ada@example.org","superuser":false}'],
    [who, 'user-added', 'zoe', '{"email":null,"superuser":true}'],
  ]);
  expect((await run('log --user ada --limit 1')).stdout).toMatch(/^\S+ +\S+ +user-changed +ada/);
});

test.each([
  ['add --user ada', 'DS_ARGUMENT_MISSING', '--permission NAME'],
  ['remove --permission mail.read', 'DS_ARGUMENT_MISSING', '--user NAME'],
  ['list', 'DS_ARGUMENT_MISSING', '--user NAME'],
  ['who', 'DS_ARGUMENT_MISSING', '--permission NAME'],
  ['users add', 'DS_ARGUMENT_MISSING', 'USERNAME'],
  ['users set ada', 'DS_USER_CHANGE_MISSING', 'Nothing was named'],
  ['users set ada --superuser --no-superuser', 'DS_ARGUMENT_CONFLICT', '--superuser'],
  ['list --user ada --directory ldap', 'DS_ARGUMENT_INVALID', 'store or app'],
  ['list --user ada --directory app', 'DS_DIRECTORY_MISSING', 'does not say'],
  ['users add ADA', 'DS_USER_EXISTS', 'username "ADA"'],
  ['users add аda', 'DS_USER_INVALID', '"а" (U+0430)'],
  ['users add eve --email nowhere', 'DS_USER_INVALID', 'e-mail address "nowhere"'],
  ['add --user ad --permission mail.read', 'DS_USER_UNKNOWN', 'Did you mean "ada"?'],
  ['add --user ada --permission mail.raed', 'DS_PERMISSION_UNKNOWN', 'mean "mail.read"?'],
  ['add --user ada --permission Mail.read --force', 'DS_PERMISSION_INVALID', '(U+004D)'],
  ['add --user ada --permission= --force', 'DS_PERMISSION_INVALID', 'is empty'],
  ['grant', 'DS_TASK_COMMAND_UNKNOWN', 'no command "grant"'],
  ['users', 'DS_TASK_COMMAND_UNKNOWN', 'needs a command'],
])('%s: exit status 2, with %s, and nothing is changed', async (words, code, part) => {
  const { repo, run, document } = createPermissionsRepo();
  await run('users add ada --superuser');
  const before = await document('log');
  const ran = await repo.run('permissions', ...words.split(' '));
  expect([ran.exitCode, ran.stderr]).toEqual([2, expect.stringContaining(code)]);
  expect(ran.stderr).toContain(part);
  expect(await document('log')).toEqual(before);
});

test('help has all commands, and of each what it needs', async () => {
  const { run } = createPermissionsRepo();
  const all = (await run('--help')).stdout;
  for (const name of ['add', 'remove', 'list', 'who', 'log', 'users add', 'users deactivate']) {
    expect(all).toContain(`\n  ${name} `);
  }
  expect((await run('add --help')).stdout).toContain(
    'Usage: devservices permissions add --user NAME --permission NAME [flags]\n',
  );
  const words = ['users add', 'users set', 'users deactivate'];
  for (const one of words) {
    const { stdout } = await run(`${one} --help`);
    expect(stdout).toContain(`Usage: devservices permissions ${one} USERNAME [flags]\n`);
    expect(stdout).not.toContain('told by its code');
  }
});

test('names out of a database move no cursor', async () => {
  const { render } = (await import('../../tasks/permissions.ts')).default.commands['users list'];
  const { createTextStyle } = await import('../../core/render/text-style.ts');
  const user = { id: '7', username: 'a\u001b[2J\u202eda\n', email: null };
  const users = [
    { ...user, active: true, superuser: true, hasUsablePassword: true, created: null },
  ];
  const style = createTextStyle({ isColoured: false, columns: 80 });
  expect(render?.({ users }, style)).toMatch(/^a\ufffd\[2J\ufffdda\ufffd +superuser +id:7$/);
});
