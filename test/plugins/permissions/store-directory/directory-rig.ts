import { onTestFinished } from 'vitest';

import type { User } from '../../../../plugins/permissions/contract.ts';
import type { Directory } from '../../../../plugins/permissions/directory.ts';
import type { Database } from '../../../../plugins/store/contract.ts';
import { createDatabase } from '../../../../plugins/store/database.ts';

/** Opens a database as one process does, with connections of its own; closed when the test ends. */
export function openDatabase(options: { url?: string }, checkoutFolder: string): Database {
  const database = createDatabase({
    options,
    context: { checkoutFolder, inspect: () => Promise.reject(new Error('It names no service.')) },
  });
  onTestFinished(() => database.close());
  return database;
}

/** As the rules add a permission, and write it down. */
export function add(directory: Directory, user: User, permission: string): Promise<boolean> {
  return directory.change(async (tables) => {
    await tables.lock(user.id);
    const isNew = await tables.grant(user.id, permission);
    if (isNew) await tables.record(entryOf('permission-added', user, permission));
    return isNew;
  });
}

/** As the rules take a permission away, and write it down. */
export function remove(directory: Directory, user: User, permission: string): Promise<boolean> {
  return directory.change(async (tables) => {
    await tables.lock(user.id);
    const wasHeld = await tables.revoke(user.id, permission);
    if (wasHeld) await tables.record(entryOf('permission-removed', user, permission));
    return wasHeld;
  });
}

export function entryOf(
  action: 'permission-added' | 'permission-removed',
  { id: userId, username }: User,
  detail: string,
) {
  return { by: 'os:ada', action, userId, username, detail };
}

/** What users have when everything in the log is done again, in its order. */
export async function replay(directory: Directory, user: User): Promise<string[]> {
  const held = new Set<string>();
  const entries = await directory.read.audit({ userId: user.id, limit: 10_000 });
  for (const { action, detail } of entries.toReversed()) {
    if (action === 'permission-added') {
      if (held.has(detail)) throw new Error(`${detail} was added twice.`);
      held.add(detail);
    }
    if (action === 'permission-removed' && !held.delete(detail)) {
      throw new Error(`${detail} was removed, and nobody had it.`);
    }
  }
  return [...held].toSorted();
}

export async function only(users: Promise<readonly User[]>): Promise<User> {
  const [user, ...others] = await users;
  if (user === undefined || others.length > 0) throw new Error('There is not exactly one.');
  return user;
}
