import {
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { loadSqlite, type SqliteConnection } from '../../plugins/store/sqlite/libsql.ts';
import { createStoreCheckout } from '../rig/store-checkout.ts';

const list = ['permissions', 'users', 'list'];
const add = ['permissions', 'add', '--user', 'ada', '--permission', 'mail.send'];
const pageBytes = 4096;

describe('a file that cannot be the store: exit 3, what to do, and not a byte changed', () => {
  const checkout = createStoreCheckout();
  let file: string;
  let good: string;

  beforeAll(async () => {
    checkout.configure();
    await checkout.call('permissions', 'users', 'add', 'ada', '--superuser');
    await checkout.call('permissions', 'add', '--user', 'ada', '--permission', 'mail.read');
    file = join(checkout.stateFolder(), 'store.sqlite');
    good = join(checkout.outside, 'good.sqlite');
    copyFileSync(file, good);
  });
  beforeEach(() => {
    const folder = checkout.stateFolder();
    for (const name of readdirSync(folder).filter((one) => one.startsWith('store.'))) {
      rmSync(join(folder, name), { recursive: true });
    }
    copyFileSync(good, file);
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  /** What is there of the store, each with what it is. */
  const look = () =>
    readdirSync(checkout.stateFolder())
      .filter((name) => /^store\.sqlite($|\.backup)/.test(name))
      .map((name) => {
        const path = join(checkout.stateFolder(), name);
        const found = lstatSync(path);
        const bytes = found.isFile() ? readFileSync(path, 'latin1') : '';
        return [name, found.mode, found.ino, found.size, bytes];
      });

  const backUp = () => {
    const backup = `${file}.backup-2026-01-02T03-04-05.000Z`;
    copyFileSync(good, backup);
    return backup;
  };

  const editing = async (work: (connection: SqliteConnection) => void) => {
    const connect = await loadSqlite();
    const connection = connect({ file, mode: 'make', waitMs: 0 });
    try {
      work(connection);
      // What is closed may be written back later, when nobody expects it.
      connection.pragma('wal_checkpoint(truncate)');
    } finally {
      connection.close();
    }
  };

  test.each<{
    name: string;
    make: () => unknown;
    code: string;
    says: string[];
    hints: string[];
  }>([
    {
      name: 'a text',
      make: () => writeFileSync(file, 'my notes\n'.repeat(1000)),
      code: 'DS_STORE_FOREIGN',
      says: ['is no SQLite database'],
      hints: ['See what it is', 'move'],
    },
    {
      name: 'a text where a backup says that it was a store',
      make: () => (backUp(), writeFileSync(file, 'my notes\n'.repeat(1000))),
      code: 'DS_STORE_CORRUPT',
      says: ['is damaged'],
      hints: ['store.sqlite.backup-2026-01-02T03-04-05.000Z'],
    },
    {
      name: 'half of a store',
      make: () => truncateSync(file, 2 * pageBytes),
      code: 'DS_STORE_CORRUPT',
      says: ['is damaged'],
      hints: ['There is no backup'],
    },
    {
      name: 'a store whose pages were overwritten',
      make: () => writeFileSync(file, readFileSync(file).fill(0xa5, pageBytes)),
      code: 'DS_STORE_CORRUPT',
      says: ['is damaged'],
      hints: ['There is no backup'],
    },
    {
      name: 'a database of another program',
      make: () => (rmSync(file), editing((made) => made.run('create table mine (x)'))),
      code: 'DS_STORE_FOREIGN',
      says: ['is a database of another program'],
      hints: ['See what it is'],
    },
    {
      name: 'a folder',
      make: () => (rmSync(file), mkdirSync(file)),
      code: 'DS_STORE_FOREIGN',
      says: ['is a folder'],
      hints: ['move'],
    },
    {
      name: 'a link, to a store even',
      make: () => (rmSync(file), symlinkSync(good, file)),
      code: 'DS_STORE_FOREIGN',
      says: ['is a link'],
      hints: ['move'],
    },
    {
      name: 'a store of a newer format',
      make() {
        const bytes = readFileSync(file);
        bytes.writeUInt32BE(2, 60);
        writeFileSync(file, bytes);
      },
      code: 'DS_STORE_NEWER',
      says: ['has format 2'],
      hints: ['Update devservices', 'not touched'],
    },
    {
      name: 'a store with a migration of a newer version',
      make: () =>
        editing((connection) =>
          connection.run(
            `insert into devservices_migration select owner, '9999-later', applied_at
             from devservices_migration where owner = 'permissions' limit 1`,
          ),
        ),
      code: 'DS_STORE_NEWER',
      says: ['"9999-later"', 'plugin "permissions"'],
      hints: ['Update devservices'],
    },
  ])('$name', async ({ make, code, says, hints }) => {
    await make();
    const before = look();
    for (const words of [list, add]) {
      const refusal = await checkout.refusal(words);
      expect(refusal).toMatchObject({ exitCode: 3, code });
      for (const part of [file, ...says]) expect(refusal.message).toContain(part);
      for (const part of hints) expect(refusal.hint).toContain(part);
    }
    expect(look()).toEqual(before);
  });

  test.runIf(process.getuid?.() === 0)('a file of another user', async () => {
    chownSync(file, 65_534, 65_534);
    const refusal = await checkout.refusal(add);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_FOREIGN' });
    expect(refusal.message).toContain('belongs to user 65534');
  });

  test('a store that is damaged is whole again with its backup put back as the hint says', async () => {
    const backup = backUp();
    writeFileSync(file, 'x'.repeat(9000));
    expect((await checkout.refusal(list)).hint).toContain(backup);
    copyFileSync(backup, file);
    const { permissions } = await checkout.call('permissions', 'list', '--user', 'ada');
    expect(permissions).toEqual([{ name: 'mail.read', isDeclared: true }]);
  });

  describe('where nothing can be written', () => {
    // Root writes where modes forbid it, and not where a mount does.
    const unshare = process.getuid?.() === 0 ? ['unshare'] : ['unshare', '--map-root-user'];
    const within = (script: string) => [
      ...unshare,
      '--mount',
      '--propagation=private',
      'sh',
      '-ec',
      script,
      checkout.stateFolder(),
    ];
    const readonly = (what: string) =>
      `mount --bind "$0${what}" "$0${what}"; mount -o remount,bind,ro "$0${what}"; exec "$@"`;

    test.each([
      ['a file', '/store.sqlite'],
      ['a folder', ''],
    ])('%s that may only be read is refused to who changes it', async (_, what) => {
      const before = look();
      const refusal = await checkout.refusal(add, { inside: within(readonly(what)) });
      expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_READONLY' });
      expect(refusal.message).toContain(`${file} cannot be written`);
      expect(refusal.hint).toContain('Make it writable');
      expect(look()).toEqual(before);
    });

    test.each([
      ['a store that there is', ':'],
      ['a store that there is not yet', 'rm -f "$0"/store.sqlite*'],
    ])('a disk is full: %s stays as it was', async (_, prepare) => {
      const outside = join(checkout.outside, 'full');
      mkdirSync(outside);
      onTestFinished(() => rmSync(outside, { recursive: true }));
      const script = `copy='${outside}'/"$$"; cp -a "$0" "$copy"
        mount -t tmpfs -o size=1m,mode=700 tmpfs "$0"; cp -a "$copy"/. "$0"
        ${prepare}
        look() { cat "$0/store.sqlite" 2>&1 | cksum; }
        before=$(look); cat /dev/zero > "$0/zeros" 2> "$copy/filled" || :
        status=0; "$@" || status=$?
        [ "$before" = "$(look)" ] || : > '${outside}/changed'
        exit "$status"`;
      const refusal = await checkout.refusal(add, { inside: within(script) });
      expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_FULL' });
      expect(refusal.message).toContain('Nothing was changed');
      expect(refusal.hint).toContain('Free space');
      expect(readdirSync(outside)).not.toContain('changed');
    });
  });

  test('a store that another process keeps locked is given up after ten seconds', async () => {
    const connect = await loadSqlite();
    const other = connect({ file, mode: 'write', waitMs: 0 });
    onTestFinished(() => other.close());
    other.control('begin immediate');
    const users = await checkout.call(...list);
    expect(users).toMatchObject({ users: [{ username: 'ada' }] });
    const refusal = await checkout.refusal(add);
    expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_BUSY' });
    expect(refusal.message).toContain('for more than 10 s');
    other.control('rollback');
    expect(await checkout.call('permissions', 'log')).toMatchObject({
      entries: [{ action: 'permission-added', detail: 'mail.read' }, { action: 'user-added' }],
    });
  });
});
