import { expect, test } from 'vitest';

import type { Directory } from '../../../../plugins/permissions/directory.ts';
import { add, entryOf, only, remove, replay } from './directory-rig.ts';

/** Ada, who is a superuser, and Bob, with an e-mail address each. */
export type OpenDirectory = () => Promise<{
  directory: Directory;
  /** The same users, through connections of their own. */
  another(): Directory;
}>;

/** What every directory does; run for each. */
export function testDirectory(open: OpenDirectory): void {
  test('a user is found by id, username and e-mail address, whatever the case', async () => {
    const { directory } = await open();
    const { read } = directory;
    const ada = await only(read.findByUsername('ADA'));
    expect(ada).toMatchObject({ username: 'ada', email: 'ada@example.org', superuser: true });
    expect(await only(read.findByEmail('Ada@Example.ORG'))).toEqual(ada);
    expect(await read.findById(ada.id)).toEqual(ada);
    expect((await read.users()).map(({ username }) => username).toSorted()).toEqual(['ada', 'bob']);
  });

  test('who does not exist is not found, by whatever is asked', async () => {
    const { read } = (await open()).directory;
    for (const strange of strangers) {
      expect([strange, await read.findByUsername(strange)]).toEqual([strange, []]);
      expect([strange, await read.findByEmail(strange)]).toEqual([strange, []]);
      expect([strange, await read.findById(strange)]).toEqual([strange, undefined]);
      expect([strange, await read.permissionsOf(strange)]).toEqual([strange, []]);
      expect([strange, await read.holdersOf(strange)]).toEqual([strange, []]);
      expect([strange, await read.audit({ userId: strange, limit: 9 })]).toEqual([strange, []]);
    }
    expect(await read.users()).toHaveLength(2);
  });

  test('a permission is added once and removed once, and each is in the log', async () => {
    const { directory } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    expect(await add(directory, ada, 'mail.read')).toBe(true);
    expect(await add(directory, ada, 'mail.read')).toBe(false);
    expect(await add(directory, ada, 'beta')).toBe(true);
    expect(await directory.read.permissionsOf(ada.id)).toEqual(['beta', 'mail.read']);
    expect(await directory.read.holdersOf('mail.read')).toEqual([ada]);
    expect(await remove(directory, ada, 'mail.read')).toBe(true);
    expect(await remove(directory, ada, 'mail.read')).toBe(false);
    expect(await directory.read.holdersOf('mail.read')).toEqual([]);
    const entries = await directory.read.audit({ limit: 10 });
    expect(entries.map(({ action, detail }) => `${action} ${detail}`)).toEqual([
      'permission-removed mail.read',
      'permission-added beta',
      'permission-added mail.read',
    ]);
    expect(entries[0]).toMatchObject({ by: 'os:ada', userId: ada.id, username: 'ada' });
    expect(await directory.read.audit({ userId: ada.id, limit: 1 })).toEqual([entries[0]]);
    const bob = await only(directory.read.findByUsername('bob'));
    expect(await directory.read.audit({ userId: bob.id, limit: 1 })).toEqual([]);
  });

  test('what fails half-way has not happened', async () => {
    const { directory } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    const failure = new Error('half-way');
    const change = directory.change(async (tables) => {
      expect(await tables.lock(ada.id)).toEqual(ada);
      await tables.setUser(ada.id, { active: false });
      await tables.grant(ada.id, 'mail.read');
      await tables.record(entryOf('permission-added', ada, 'mail.read'));
      expect(await tables.permissionsOf(ada.id)).toEqual(['mail.read']);
      throw failure;
    });
    await expect(change).rejects.toBe(failure);
    expect(await directory.read.permissionsOf(ada.id)).toEqual([]);
    expect(await directory.read.audit({ limit: 10 })).toEqual([]);
    expect(await directory.read.findById(ada.id)).toEqual(ada);
  });

  test('a user is changed in what is named, and in nothing else', async () => {
    const { directory } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    const set = (changes: object) => directory.change((tables) => tables.setUser(ada.id, changes));
    expect(await set({ superuser: false })).toEqual({ ...ada, superuser: false });
    expect(await set({ active: false })).toEqual({ ...ada, superuser: false, active: false });
    const email = 'Ada.L@example.org';
    expect(await set({ email, active: true })).toEqual({ ...ada, superuser: false, email });
    expect(await directory.read.findByEmail('ada@example.org')).toEqual([]);
    expect(await only(directory.read.findByEmail('ada.l@example.org'))).toMatchObject({ email });
  });

  test('a permission of odd signs is one permission, and harms nothing', async () => {
    const { directory } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    for (const odd of oddTexts) expect([odd, await add(directory, ada, odd)]).toEqual([odd, true]);
    expect(await directory.read.permissionsOf(ada.id)).toEqual(oddTexts.toSorted());
    for (const odd of oddTexts) expect(await directory.read.holdersOf(odd)).toEqual([ada]);
    expect(await replay(directory, ada)).toEqual(oddTexts.toSorted());
    for (const odd of oddTexts) expect(await remove(directory, ada, odd)).toBe(true);
    expect(await directory.read.permissionsOf(ada.id)).toEqual([]);
  });

  test('what no database keeps is said, and nothing is changed', async () => {
    const { directory } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    for (const odd of ['a\0b', '\uD83D']) {
      const refused = expect.objectContaining({ code: 'DS_DIRECTORY_TEXT_INVALID', blame: 'user' });
      await expect(add(directory, ada, odd)).rejects.toEqual(refused);
      expect(await remove(directory, ada, odd)).toBe(false);
    }
    expect(await directory.read.permissionsOf(ada.id)).toEqual([]);
  });

  test('of fifty who add the same at once one has added it', async () => {
    const { directory, another } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    const directories = Array.from({ length: 10 }, another);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, at) => add(directories[at % 10] ?? directory, ada, 'beta')),
    );
    expect(results.filter((isNew) => isNew)).toHaveLength(1);
    expect(await directory.read.permissionsOf(ada.id)).toEqual(['beta']);
    expect(await replay(directory, ada)).toEqual(['beta']);
  });

  test('changes of one user follow one another, and each knows the one before', async () => {
    const { directory, another } = await open();
    const ada = await only(directory.read.findByUsername('ada'));
    const directories = Array.from({ length: 6 }, another);
    const turn = (at: number) =>
      (directories[at % 6] ?? directory).change(async (tables) => {
        const before = await tables.lock(ada.id);
        const { username, superuser } = await tables.setUser(ada.id, {
          superuser: before?.superuser !== true,
        });
        const entry = { by: 'os:ada', userId: ada.id, username, detail: String(superuser) };
        await tables.record({ ...entry, action: 'user-changed' });
      });
    await Promise.all(Array.from({ length: 41 }, (_, at) => turn(at)));
    const entries = await directory.read.audit({ userId: ada.id, limit: 100 });
    expect(entries.toReversed().map(({ detail }) => detail)).toEqual(
      Array.from({ length: 41 }, (_, at) => String(at % 2 === 1)),
    );
    expect(await directory.read.findById(ada.id)).toEqual({ ...ada, superuser: false });
  });

  test('the log tells how it came to what is, whoever adds and removes at once', async () => {
    const { directory, another } = await open();
    const users = await directory.read.users();
    const directories = Array.from({ length: 6 }, another);
    await Promise.all(
      Array.from({ length: 120 }, (_, at) => {
        const user = users[at % 2] as (typeof users)[number];
        const change = at % 3 === 0 ? remove : add;
        return change(directories[at % 6] ?? directory, user, `p${at % 4}`);
      }),
    );
    for (const user of users) {
      expect(await replay(directory, user)).toEqual(await directory.read.permissionsOf(user.id));
    }
    const ids = (await directory.read.audit({ limit: 1000 })).map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a));
  });
}

const oddTexts = [`'; drop table auth_user; --`, '"a"', '%', '_', '\\', '$1', '🦊', 'ä', '?', '--'];

// The last ones only look as if: fullwidth letters, a Cyrillic a, a Greek Alpha.
const strangers = [
  '',
  'nobody',
  '0',
  '-1',
  '01',
  ' 1',
  '1e3',
  '9223372036854775808',
  '99999999999999999999999',
  "' or 1=1 --",
  '%',
  'ad_',
  'ada ',
  'ada\0',
  'ada\uD83D',
  '🦊',
  'x'.repeat(100_000),
  '00000000-0000-0000-0000-000000000000',
  'bob@example.org\0',
  'ａｄａ',
  'аda',
  'ADΑ',
];
