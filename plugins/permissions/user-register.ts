import type { InDirectory, User, UserChanges, UserRegister } from './contract.ts';
import { changeUser, chooseDirectory, type Directories, sortUsers } from './directories.ts';
import type { Directory, DirectoryReader } from './directory.ts';
import { permissionErrors } from './errors.ts';
import { findUser, findUsers } from './find-user.ts';
import { looksLike } from './look-alike.ts';
import { assertEmail, listCharacters } from './names.ts';
import { resolveUsername } from './usernames.ts';

/** The rules of users, the same for every directory. */
export function createUserRegister(directories: Directories): UserRegister {
  const choose = (request: InDirectory): Directory => chooseDirectory(directories, request);

  return {
    list: async (request) => sortUsers(await choose(request).read.users()),

    async find(request) {
      const [found, ...others] = await findUsers(choose(request), request.user);
      return others.length === 0 ? found : undefined;
    },

    async add(request) {
      const { email = null, superuser = false, by } = request;
      const directory = choose(request);
      if (directory.name === 'app') throw usersAreIts(directory, request.username);
      const username = resolveUsername(request.username);
      if (email !== null) assertEmail(email);
      return directory.change(async (tables) => {
        await assertNobodyLooksSo(tables, username);
        const user = await tables.addUser?.({ username, email, superuser });
        if (user === undefined) throw usersAreIts(directory, username);
        const detail = JSON.stringify({ email, superuser });
        await tables.record({ by, action: 'user-added', userId: user.id, username, detail });
        return { change: 'added', directory: directory.name, user };
      });
    },

    async set(request) {
      const { changes, by } = request;
      const directory = choose(request);
      const found = await findUser(directory, request.user);
      if (Object.keys(differing(changes)).length === 0) {
        const { username } = found;
        throw permissionErrors.create('DS_USER_CHANGE_MISSING', { username });
      }
      if (changes.email !== undefined) assertEmail(changes.email);
      return changeUser(directory, found, async (tables, before) => {
        const due = differing(changes, before);
        if (Object.keys(due).length === 0) {
          return { change: 'unchanged', directory: directory.name, user: before };
        }
        const user = await tables.setUser(before.id, due);
        const { id: userId, username } = user;
        const detail = JSON.stringify(due);
        await tables.record({ by, action: 'user-changed', userId, username, detail });
        return { change: 'changed', directory: directory.name, user };
      });
    },
  };
}

async function assertNobodyLooksSo(read: DirectoryReader, given: string): Promise<void> {
  const twin = (await read.users()).find(({ username }) => looksLike(username, given));
  if (twin === undefined) return;
  const strange = Array.from(given).filter((character) => character > '\u007e');
  const by = strange.length === 0 ? '' : `, by ${listCharacters(strange)}`;
  const problem = `looks like "${twin.username}", another user${by}`;
  throw permissionErrors.create('DS_USER_INVALID', { what: 'username', given, problem });
}

/** What is named, and is not so already. */
function differing(changes: UserChanges, before?: User): UserChanges {
  const keys = ['email', 'active', 'superuser'] as const;
  const due = keys.filter(
    (key) => changes[key] !== undefined && (before === undefined || changes[key] !== before[key]),
  );
  return Object.fromEntries(due.map((key) => [key, changes[key]]));
}

function usersAreIts({ description }: Directory, username: string): Error {
  const facts = { username, directory: description };
  return permissionErrors.create('DS_DIRECTORY_USERS_ARE_ITS', facts);
}
