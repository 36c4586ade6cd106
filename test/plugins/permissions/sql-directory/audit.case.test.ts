import { expect, test } from 'vitest';

import { usePostgres } from '../../../rig/database.ts';
import { add, only, remove, replay } from '../store-directory/directory-rig.ts';
import { type Application, createApplication } from './sentry-tables.ts';

const server = usePostgres();

test('the table of the log is made by the first change, and that is said once', async () => {
  const application = await createApplication(server());
  const { directory, another, log } = application;
  const ada = await only(directory.read.findByUsername('ada'));
  expect(await directory.read.audit({ limit: 9 })).toEqual([]);
  expect(await remove(directory, ada, 'beta')).toBe(false);
  expect(await tablesOf(application)).not.toContain('public.devservices_audit');
  expect(log).toEqual([]);
  await add(directory, ada, 'beta');
  await add(another(), ada, 'gamma');
  expect(log).toEqual([
    expect.stringMatching(/^Made the table devservices_audit in test-\d+ at 127\.0\.0\.1: /),
  ]);
  expect(await replay(directory, ada)).toEqual(['beta', 'gamma']);
});

test('a first change that fails makes no table, and says nothing of one', async () => {
  const application = await createApplication(server());
  const { directory, log } = application;
  const ada = await only(directory.read.findByUsername('ada'));
  const failure = new Error('too late');
  const change = directory.change(async (tables) => {
    await tables.record({
      by: 'os:ada',
      action: 'user-changed',
      userId: ada.id,
      username: 'ada',
      detail: '{}',
    });
    expect(await tables.audit({ limit: 9 })).toHaveLength(1);
    throw failure;
  });
  await expect(change).rejects.toBe(failure);
  expect(await tablesOf(application)).not.toContain('public.devservices_audit');
  expect(log).toEqual([]);
});

test('many first changes at once make one table', async () => {
  const application = await createApplication(server());
  const { directory, another, log } = application;
  const people = await directory.read.users();
  const directories = Array.from({ length: 10 }, () => another());
  await Promise.all(
    directories.map((one, at) => add(one, people[at % 2] as (typeof people)[number], `p${at}`)),
  );
  expect(log).toHaveLength(1);
  expect(await directory.read.audit({ limit: 99 })).toHaveLength(10);
});

test('the log has the name and the schema that it is given', async () => {
  const application = await createApplication(server());
  await application.ask('create schema "dev tools"');
  const directory = application.another({ audit: 'dev tools.Who "did" it' });
  const ada = await only(directory.read.findByUsername('ada'));
  await add(directory, ada, 'beta');
  expect(await tablesOf(application)).toContain('dev tools.Who "did" it');
  expect(await tablesOf(application)).not.toContain('public.devservices_audit');
  expect(await replay(directory, ada)).toEqual(['beta']);
});

test('a table of that name that is something else is left as it is', async () => {
  const { ask, directory } = await createApplication(server());
  await ask(
    `create table devservices_audit (note text); insert into devservices_audit values ('x')`,
  );
  await expect(
    add(directory, await only(directory.read.findByUsername('ada')), 'beta'),
  ).rejects.toMatchObject({
    code: 'DS_DIRECTORY_MISMATCH',
    message: expect.stringContaining('"devservices_audit"'),
  });
  expect(await ask('select * from devservices_audit')).toEqual([{ note: 'x' }]);
  expect(await ask('select * from sentry_userpermission')).toEqual([]);
});

async function tablesOf({ ask }: Application): Promise<unknown[]> {
  const rows = await ask(`select schemaname || '.' || tablename as name from pg_tables`);
  return rows.map(({ name }) => name);
}
