import type { AuditEntry, DirectoryName, User, UserChanges } from './contract.ts';

/** Where users and their permissions are kept. It knows no rules: those are the same for every directory. */
export interface Directory {
  readonly name: DirectoryName;
  /** For people: `the store`, `auth_user in postgres`. */
  readonly description: string;
  /** Longest permission that it takes, in characters; undefined: any. */
  permissionLimit(): Promise<number | undefined>;
  readonly read: DirectoryReader;
  /** All of it happens or nothing does, the audit log included. */
  change<T>(work: (tables: DirectoryWriter) => Promise<T>): Promise<T>;
}

export interface DirectoryReader {
  /** Whatever the case. */
  findByUsername(username: string): Promise<readonly User[]>;
  /** Whatever the case. */
  findByEmail(email: string): Promise<readonly User[]>;
  findById(id: string): Promise<User | undefined>;
  users(): Promise<readonly User[]>;
  /** Sorted. */
  permissionsOf(userId: string): Promise<readonly string[]>;
  holdersOf(permission: string): Promise<readonly User[]>;
  /** Newest first. */
  audit(request: { userId?: string | undefined; limit: number }): Promise<readonly AuditEntry[]>;
}

export interface DirectoryWriter extends DirectoryReader {
  /** The user as it is now; nobody else changes it or its permissions before the end of the change. */
  lock(userId: string): Promise<User | undefined>;
  /** False: the user has it. Anything but that is thrown. */
  grant(userId: string, permission: string): Promise<boolean>;
  /** False: the user had it not. */
  revoke(userId: string, permission: string): Promise<boolean>;
  record(entry: Omit<AuditEntry, 'id' | 'at'>): Promise<void>;
  /** Throws DS_USER_EXISTS; absent where the application makes its users itself. */
  addUser?(user: Pick<User, 'username' | 'email' | 'superuser'>): Promise<User>;
  /** Throws DS_USER_EXISTS for an e-mail that another user has. */
  setUser(userId: string, changes: UserChanges): Promise<User>;
}
