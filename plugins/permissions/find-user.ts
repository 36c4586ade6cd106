import { closestName } from 'devservices/machine';
import type { User } from './contract.ts';
import type { Directory } from './directory.ts';
import { permissionErrors } from './errors.ts';
import { hasControlCharacters, nameCharacters } from './names.ts';

// Enough for a team; among all users of an application a likely name would be a stranger's.
const suggestedFrom = 300;

/**
 * The one user who is meant: by `id:ID`; else by username, whatever its case; else by e-mail.
 * Throws DS_USER_UNKNOWN, and DS_USER_AMBIGUOUS where there are several.
 */
export async function findUser(directory: Directory, given: string): Promise<User> {
  const found = await findUsers(directory, given);
  const [user] = found;
  if (user === undefined) throw await unknownUser(directory, given);
  if (found.length === 1) return user;
  const { description } = directory;
  throw permissionErrors.create('DS_USER_AMBIGUOUS', {
    given,
    directory: description,
    users: found.map(({ id, username, email }) => ({ id, username, email })),
  });
}

/** All who answer to a name. */
export async function findUsers({ read }: Directory, given: string): Promise<readonly User[]> {
  // Nobody is called so, and not every database takes it for a text.
  if (given === '' || hasControlCharacters(given)) return [];
  if (given.startsWith('id:')) {
    const user = await read.findById(given.slice('id:'.length));
    return user === undefined ? [] : [user];
  }
  // Some systems give a letter and its accent apart.
  for (const name of new Set([given, given.normalize('NFC')])) {
    const byName = await read.findByUsername(name);
    if (byName.length > 0) return byName;
  }
  return given.includes('@') ? read.findByEmail(given) : [];
}

async function unknownUser({ read, description }: Directory, given: string): Promise<Error> {
  const users = given.startsWith('id:') ? [] : await read.users();
  const known = users.slice(0, suggestedFrom).map(({ username }) => username);
  return permissionErrors.create('DS_USER_UNKNOWN', {
    given,
    directory: description,
    suggestion: closestName(given, known),
    unusual: nameCharacters(Array.from(given).filter((character) => character > '\u007e')),
  });
}
