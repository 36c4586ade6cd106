import type { InDirectory, User } from './contract.ts';
import type { Directory, DirectoryWriter } from './directory.ts';
import { permissionErrors } from './errors.ts';

/** `app` is there where the configuration says where the application keeps its users. */
export interface Directories {
  readonly store: Directory;
  readonly app?: Directory | undefined;
}

/** The one that was asked for, else the application's, else our own. Throws DS_DIRECTORY_MISSING. */
export function chooseDirectory(directories: Directories, { directory }: InDirectory): Directory {
  const { store, app } = directories;
  if (directory === 'store') return store;
  if (directory === 'app' && app === undefined) {
    throw permissionErrors.create('DS_DIRECTORY_MISSING', {});
  }
  return app ?? store;
}

/** Changes one user, or what the user has been given, knowing how the user is at that moment. */
export function changeUser<T>(
  directory: Directory,
  found: User,
  work: (tables: DirectoryWriter, user: User) => Promise<T>,
): Promise<T> {
  return directory.change(async (tables) => {
    const user = await tables.lock(found.id);
    if (user !== undefined) return work(tables, user);
    throw permissionErrors.create('DS_USER_UNKNOWN', {
      given: found.username,
      directory: directory.description,
      unusual: [],
    });
  });
}

/** Rights count only while their user is both. */
export const isEffective = ({ active, superuser }: User): boolean => active && superuser;

/** The order in which names are listed, whatever the database sorts by. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Users in the order of their names, whatever the case. */
export function sortUsers(users: readonly User[]): readonly User[] {
  return users.toSorted(
    ({ username: a }, { username: b }) =>
      compareNames(a.toLowerCase(), b.toLowerCase()) || compareNames(a, b),
  );
}
