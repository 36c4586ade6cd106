import type { DirectoryReader } from '../directory.ts';

/** A reader over a database that is opened when something is read. */
export function createLateReader(
  use: <T>(work: (reader: DirectoryReader) => Promise<T>) => Promise<T>,
): DirectoryReader {
  return {
    findByUsername: (username) => use((reader) => reader.findByUsername(username)),
    findByEmail: (email) => use((reader) => reader.findByEmail(email)),
    findById: (id) => use((reader) => reader.findById(id)),
    users: () => use((reader) => reader.users()),
    permissionsOf: (userId) => use((reader) => reader.permissionsOf(userId)),
    holdersOf: (permission) => use((reader) => reader.holdersOf(permission)),
    audit: (request) => use((reader) => reader.audit(request)),
  };
}
