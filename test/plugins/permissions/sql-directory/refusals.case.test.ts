import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import { usePostgres } from '../../../rig/database.ts';
import { add, only, remove } from '../store-directory/directory-rig.ts';
import { type Application, createApplication, permissions, users } from './sentry-tables.ts';

const server = usePostgres();

const raising = (when: string, body: string) => `
  create function refuse() returns trigger language plpgsql as $$ begin ${body} end $$;
  create trigger refuse before ${when} for each row execute function refuse();`;

const addings: Readonly<Record<string, { rule: string; reason: RegExp }>> = {
  'a check constraint': {
    rule: `alter table sentry_userpermission add constraint known check (permission <> 'beta')`,
    reason: /violates check constraint "known"/,
  },
  'a trigger that raises': {
    rule: raising('insert on sentry_userpermission', `raise exception 'beta is over';`),
    reason: /beta is over/,
  },
  'a trigger that raises what a unique index does': {
    rule: raising(
      'insert on sentry_userpermission',
      `raise exception 'not twice' using errcode = 'unique_violation';`,
    ),
    reason: /not twice/,
  },
  'a trigger that leaves the row out': {
    rule: raising('insert on sentry_userpermission', 'return null;'),
    reason: /was not added, and it does not say why/,
  },
  'an id that its sequence gives twice': {
    rule: `insert into sentry_userpermission (id, user_id, permission) values (1, 2, 'other')`,
    reason: /sentry_userpermission_pkey/,
  },
  'another unique index': {
    rule: `create unique index one_each on sentry_userpermission (permission);
      insert into sentry_userpermission (user_id, permission) values (2, 'beta')`,
    reason: /one_each/,
  },
  'a column that wants a value': {
    rule: 'alter table sentry_userpermission add since date not null',
    reason: /null value in column "since"/,
  },
  'a right that the user has not': {
    rule: `create role visitor login; grant select on all tables in schema public to visitor;
      grant update on auth_user to visitor`,
    reason: /permission denied for table sentry_userpermission/,
  },
};

for (const [name, { rule, reason }] of Object.entries(addings)) {
  test(`${name} is told as that, and never as a permission that is there already`, async () => {
    const application = await createApplication(server());
    const { ask, url } = application;
    await ask(rule);
    const before = await contentOf(application);
    const visitor = url.replace('postgres@', 'visitor@');
    const directory = application.another(rule.includes('visitor') ? { url: visitor } : {});
    const ada = await only(directory.read.findByUsername('ada'));
    const failure: unknown = await add(directory, ada, 'beta').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/_REFUSED$|_DENIED$/) });
    expect(failure).toMatchObject({ blame: 'environment', message: expect.stringMatching(reason) });
    expect(await contentOf(application)).toEqual(before);
    expect(application.log).toEqual([]);
  });
}

test('a user who is removed meanwhile is told as that, now or when the change ends', async () => {
  for (const deferral of ['deferrable initially deferred', 'not deferrable']) {
    const { ask, directory } = await createApplication(server());
    await ask(`alter table sentry_userpermission drop constraint sentry_userpermission_user_id_fkey;
      alter table sentry_userpermission add foreign key (user_id) references auth_user (id) ${deferral}`);
    const ada = await only(directory.read.findByUsername('ada'));
    await ask('delete from auth_user where id = 1');
    const refused = { code: 'DS_DIRECTORY_REFUSED', message: /foreign key constraint/ };
    await expect(add(directory, ada, 'beta')).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(refused.message),
    });
    expect(await ask('select * from sentry_userpermission')).toEqual([]);
  }
});

test('a permission that a trigger keeps is not said to be gone', async () => {
  const { ask, directory } = await createApplication(server());
  const ada = await only(directory.read.findByUsername('ada'));
  await add(directory, ada, 'beta');
  await ask(raising('delete on sentry_userpermission', 'return null;'));
  await expect(remove(directory, ada, 'beta')).rejects.toMatchObject({
    code: 'DS_DIRECTORY_REFUSED',
    message: expect.stringContaining('was not removed'),
  });
  expect(await directory.read.permissionsOf(ada.id)).toEqual(['beta']);
});

test('a user whom a trigger keeps as before is not said to be changed', async () => {
  const { ask, directory } = await createApplication(server());
  const ada = await only(directory.read.findByUsername('ada'));
  await ask(raising('update on auth_user', 'return old;'));
  await expect(
    directory.change((tables) => tables.setUser(ada.id, { active: false })),
  ).rejects.toMatchObject({ code: 'DS_DIRECTORY_REFUSED' });
});

test('an e-mail address that is kept in small letters is changed all the same', async () => {
  const { ask, directory } = await createApplication(server());
  await ask(raising('update on auth_user', 'new.email := lower(new.email); return new;'));
  const set = directory.change((tables) => tables.setUser('1', { email: 'ADA@example.net' }));
  expect(await set).toMatchObject({ email: 'ada@example.net' });
});

test('an e-mail address that there is no room for is said before it is written', async () => {
  const { directory } = await createApplication(server());
  const email = `${'🦊'.repeat(63)}@example.org`;
  const set = (to: string) => directory.change((tables) => tables.setUser('1', { email: to }));
  expect(await set(email)).toMatchObject({ email });
  await expect(set(`a${email}`)).rejects.toMatchObject({
    code: 'DS_USER_INVALID',
    facts: { problem: 'has 76 characters, and there is room for 75' },
  });
});

test('the e-mail address of another user is told as that, any other unique index is not', async () => {
  const indexes = [
    'create unique index on auth_user (email)',
    'create unique index on auth_user (lower(email))',
    'create unique index on auth_user (upper(email::text))',
  ];
  for (const index of indexes) {
    const { ask, directory } = await createApplication(server());
    await ask(index);
    const ada = await only(directory.read.findByUsername('ada'));
    const set = directory.change((tables) => tables.setUser(ada.id, { email: 'bob@example.org' }));
    await expect(set).rejects.toMatchObject({
      code: 'DS_USER_EXISTS',
      facts: { what: 'email', given: 'bob@example.org' },
    });
  }
  const { ask, directory } = await createApplication(server());
  await ask('create unique index one_superuser on auth_user (is_superuser)');
  await expect(
    directory.change((tables) => tables.setUser('2', { superuser: true })),
  ).rejects.toMatchObject({ code: 'DS_DIRECTORY_REFUSED', facts: { constraint: 'one_superuser' } });
});

test('no hash of a password is read, nor told with a refusal', async () => {
  const { ask, directory } = await createApplication(server());
  await ask('alter table auth_user add constraint stays check (is_active)');
  const set = directory.change((tables) => tables.setUser('1', { active: false }));
  const failure: unknown = await set.catch((error: unknown) => error);
  expect(failure).toMatchObject({ facts: { constraint: 'stays' } });
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('secret-of-ada');
  expect(inspect(await directory.read.users())).not.toContain('secret-of-ada');
});

test('tables that are not as configured are told, with all that is missing', async () => {
  const { another } = await createApplication(server());
  const wrong = another({
    users: { ...users, active: 'is_activ', superuser: 'boss' },
    permissions: { ...permissions, table: 'public.userpermission' },
  });
  for (const attempt of [() => wrong.read.users(), () => wrong.permissionLimit()]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'DS_DIRECTORY_MISMATCH',
      blame: 'user',
      facts: {
        problem:
          'auth_user has no column is_activ (did you mean is_active?); ' +
          'auth_user has no column boss; there is no table public.userpermission',
      },
    });
  }
});

test('tables that change while it is open are seen as they are', async () => {
  const { ask, directory } = await createApplication(server());
  expect(await directory.permissionLimit()).toBe(32);
  await ask('alter table sentry_userpermission alter permission type varchar(64)');
  expect(await directory.permissionLimit()).toBe(64);
  await ask('alter table auth_user rename is_active to active');
  await expect(directory.read.users()).rejects.toMatchObject({ code: 'DS_DIRECTORY_MISMATCH' });
  await expect(directory.read.users()).rejects.toMatchObject({
    facts: { problem: expect.stringContaining('no column is_active (did you mean active?)') },
  });
  await ask('alter table auth_user rename active to is_active');
  expect(await directory.read.users()).toHaveLength(2);
});

function contentOf({ ask }: Application) {
  return ask(`select (select json_agg(u order by u.id) from auth_user u) as users,
    (select json_agg(p order by p.id) from sentry_userpermission p) as permissions,
    (select json_agg(tablename order by tablename) from pg_tables where schemaname = 'public') as tables`);
}
