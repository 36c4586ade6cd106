import { expect, test } from 'vitest';

import type { Directory } from '../../../../plugins/permissions/directory.ts';
import { createStoreDirectory } from '../../../../plugins/permissions/store-directory/create-store-directory.ts';
import { eachStore, type TestStore } from '../../../rig/database.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { testDirectory } from './directory-contract.ts';
import { add, only, openDatabase } from './directory-rig.ts';

eachStore((createStore) => {
  testDirectory(() => openStore(createStore));

  test('a new user is active, with an id of its own', async () => {
    const { directory, another } = await openStore(createStore);
    const { read, change } = directory;
    const cleo = await change((tables) => addUser(tables, { username: 'cleo' }));
    expect(cleo).toMatchObject({ active: true, superuser: false, email: null, username: 'cleo' });
    expect(await another().read.findById(cleo.id)).toEqual(cleo);
    expect(new Date(cleo.created ?? '').toISOString()).toBe(cleo.created);
    expect(new Set((await read.users()).map(({ id }) => id)).size).toBe(3);
  });

  test('two users have neither one name nor one e-mail address, whatever the case', async () => {
    const { directory } = await openStore(createStore);
    const addOne = (user: { username: string; email?: string }) =>
      directory.change((tables) => addUser(tables, user));
    const exists = (what: string, given: string) =>
      expect.objectContaining({
        code: 'DS_USER_EXISTS',
        facts: { what, given, directory: 'the store' },
      });
    await expect(addOne({ username: 'ADA' })).rejects.toEqual(exists('username', 'ADA'));
    await expect(addOne({ username: 'cleo', email: 'Bob@EXAMPLE.org' })).rejects.toEqual(
      exists('email', 'Bob@EXAMPLE.org'),
    );
    const bob = await only(directory.read.findByUsername('bob'));
    const email = 'ADA@example.org';
    const set = directory.change((tables) => tables.setUser(bob.id, { email }));
    await expect(set).rejects.toEqual(exists('email', email));
    expect(await directory.read.users()).toHaveLength(2);
    expect(await directory.read.findById(bob.id)).toEqual(bob);
    // Those without an address do not stand in one another's way.
    await addOne({ username: 'dan' });
    await addOne({ username: 'eve' });
    expect(await directory.read.users()).toHaveLength(4);
  });

  test('a permission of nobody is refused by the database, and is not taken for one that is there', async () => {
    const { directory } = await openStore(createStore);
    const ada = await only(directory.read.findByUsername('ada'));
    const nobody = add(directory, { ...ada, id: 'nobody' }, 'beta');
    await expect(nobody).rejects.toThrow(/foreign key/i);
    expect(await directory.read.holdersOf('beta')).toEqual([]);
    expect(await directory.read.audit({ limit: 9 })).toEqual([]);
  });

  test('a user who is gone cannot be locked or changed', async () => {
    const { directory } = await openStore(createStore);
    const locked = directory.change((tables) => tables.lock('gone'));
    expect(await locked).toBeUndefined();
    const set = directory.change((tables) => tables.setUser('gone', { active: false }));
    await expect(set).rejects.toMatchObject({ code: 'DS_USER_UNKNOWN' });
  });

  test('fifty who make the same user at once make one', async () => {
    const { directory, another } = await openStore(createStore);
    const directories = Array.from({ length: 10 }, another);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) =>
        (directories[at % 10] ?? directory).change((tables) =>
          addUser(tables, { username: 'cleo' }),
        ),
      ),
    );
    const failures = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(failures).toHaveLength(49);
    expect(new Set(failures.map(({ code }: { code: string }) => code))).toEqual(
      new Set(['DS_USER_EXISTS']),
    );
    expect(await directory.read.users()).toHaveLength(3);
  });
});

async function openStore(createStore: () => Promise<TestStore>) {
  const { options } = await createStore();
  const folder = createTempFolder();
  const another = () => createStoreDirectory(openDatabase(options, folder));
  const directory = another();
  await directory.change(async (tables) => {
    await addUser(tables, { username: 'ada', email: 'ada@example.org', superuser: true });
    await addUser(tables, { username: 'bob', email: 'bob@example.org' });
  });
  return { directory, another };
}

function addUser(
  tables: Parameters<Parameters<Directory['change']>[0]>[0],
  {
    username,
    email = null,
    superuser = false,
  }: { username: string; email?: string | null; superuser?: boolean },
) {
  const added = tables.addUser?.({ username, email, superuser });
  if (!added) throw new Error('Users of our own are made here.');
  return added;
}
