import type { DeclaredPermission, InDirectory, PermissionRegister, User } from './contract.ts';
import {
  changeUser,
  chooseDirectory,
  compareNames,
  type Directories,
  isEffective,
  sortUsers,
} from './directories.ts';
import type { Directory } from './directory.ts';
import { permissionErrors } from './errors.ts';
import { findUser } from './find-user.ts';
import { assertPermission, hasControlCharacters, permissionLimit } from './names.ts';
import { createUserRegister } from './user-register.ts';

const defaultLogLimit = 100;

/** The rules of permissions, the same for every directory. */
export function createRegister(directories: Directories): PermissionRegister {
  const declared = new Map<string, DeclaredPermission>();
  const choose = (request: InDirectory): Directory => chooseDirectory(directories, request);
  const namesOfDeclared = (): string[] => [...declared.keys()].toSorted(compareNames);

  return {
    declare({ name, description }) {
      assertPermission(name, permissionLimit);
      const known = declared.get(name)?.description ?? description;
      if (known !== description) {
        const descriptions = [known, description] as const;
        throw permissionErrors.create('DS_PERMISSION_CONFLICT', { permission: name, descriptions });
      }
      declared.set(name, { name, description });
    },

    declared: () => namesOfDeclared().flatMap((name) => declared.get(name) ?? []),

    async add(request) {
      const { permission, by, force = false } = request;
      const directory = choose(request);
      assertPermission(permission, await directory.permissionLimit());
      if (!declared.has(permission) && !force) {
        const known = namesOfDeclared();
        throw permissionErrors.create('DS_PERMISSION_UNKNOWN', { permission, known });
      }
      const found = await findUser(directory, request.user);
      return changeUser(directory, found, async (tables, user) => {
        if (!user.superuser) throw notSuperuser(directories, { directory, user, permission });
        const isNew = await tables.grant(user.id, permission);
        if (isNew) await tables.record(entryOf('permission-added', { by, user, permission }));
        const change = isNew ? 'added' : 'unchanged';
        return { change, directory: directory.name, user, permission };
      });
    },

    async remove(request) {
      const { permission, by } = request;
      const directory = choose(request);
      const found = await findUser(directory, request.user);
      await assertRemovable(directory, found, permission);
      return changeUser(directory, found, async (tables, user) => {
        const wasHeld = await tables.revoke(user.id, permission);
        if (wasHeld) await tables.record(entryOf('permission-removed', { by, user, permission }));
        const change = wasHeld ? 'removed' : 'unchanged';
        return { change, directory: directory.name, user, permission };
      });
    },

    async list(request) {
      const directory = choose(request);
      const user = await findUser(directory, request.user);
      const names = (await directory.read.permissionsOf(user.id)).toSorted(compareNames);
      const permissions = names.map((name) => ({ name, isDeclared: declared.has(name) }));
      return { directory: directory.name, user, isEffective: isEffective(user), permissions };
    },

    async who(request) {
      const { permission } = request;
      const directory = choose(request);
      const canBeHeld = permission !== '' && !hasControlCharacters(permission);
      const holders = canBeHeld ? await directory.read.holdersOf(permission) : [];
      // Nobody has a name that cannot be given: it was mistyped.
      if (holders.length === 0) assertPermission(permission, await directory.permissionLimit());
      const users = sortUsers(holders).map((user) => ({ ...user, isEffective: isEffective(user) }));
      const isDeclared = declared.has(permission);
      return { directory: directory.name, permission, isDeclared, users };
    },

    async log(request) {
      const directory = choose(request);
      const limit = Math.max(1, Math.floor(request.limit ?? defaultLogLimit));
      const { user } = request;
      if (user === undefined) return directory.read.audit({ limit });
      // What happened to a user stays when the user is gone, and only the id is left to ask by.
      const gone =
        user.startsWith('id:') && !hasControlCharacters(user) ? user.slice(3) : undefined;
      const entries = gone === undefined ? [] : await directory.read.audit({ userId: gone, limit });
      if (entries.length > 0) return entries;
      const { id } = await findUser(directory, user);
      return directory.read.audit({ userId: id, limit });
    },

    users: createUserRegister(directories),
  };
}

async function assertRemovable(directory: Directory, { id }: User, name: string): Promise<void> {
  // Whatever the application gave can be taken away.
  if ((await directory.read.permissionsOf(id)).includes(name)) return;
  assertPermission(name, await directory.permissionLimit());
}

function entryOf(
  action: 'permission-added' | 'permission-removed',
  { by, user, permission }: { by: string; user: User; permission: string },
) {
  return { by, action, userId: user.id, username: user.username, detail: permission };
}

function notSuperuser(
  directories: Directories,
  { directory, user, permission }: { directory: Directory; user: User; permission: string },
): Error {
  const { id, username } = user;
  // A name with signs of the shell in it is not to be pasted there.
  const plain = /^[\p{L}\p{N}._@+][\p{L}\p{N}._@+-]*$/u;
  const named = [username, `id:${id}`].find((name) => plain.test(name.replace(/^id:/, '')));
  const isDefault = chooseDirectory(directories, {}) === directory;
  const words = ['devservices permissions users set', named ?? 'USERNAME', '--superuser'];
  return permissionErrors.create('DS_USER_NOT_SUPERUSER', {
    id,
    username,
    permission,
    directory: directory.description,
    command: [...words, ...(isDefault ? [] : ['--directory', directory.name])].join(' '),
    isApplications: directory.name === 'app',
  });
}
