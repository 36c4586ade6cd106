declare module 'devservices' {
  interface Contracts {
    permissions: PermissionRegister;
  }
}

/** Something that a user may be allowed to do; its name is `service.what`. */
export interface DeclaredPermission {
  name: string;
  description: string;
}

export interface User {
  id: string;
  username: string;
  email: string | null;
  active: boolean;
  superuser: boolean;
  /** False of users who sign in elsewhere; they are users all the same. */
  hasUsablePassword: boolean;
  /** ISO 8601; null where the directory does not say. */
  created: string | null;
}

/** `store`: our own, which guards the control API. `app`: that of the application under development. */
export type DirectoryName = 'store' | 'app';

/** Which directory; default: the application's where one is configured, else our own. */
export interface InDirectory {
  directory?: DirectoryName | undefined;
}

/** Who changes something, for the audit log: `os:ada`, `user:ada`. */
export interface By {
  by: string;
}

/** Whether it is otherwise than before. */
export interface Change {
  change: 'added' | 'removed' | 'changed' | 'unchanged';
}

export interface PermissionChange extends Change {
  directory: DirectoryName;
  user: User;
  permission: string;
}

export interface HeldPermission {
  name: string;
  isDeclared: boolean;
}

/** What one user has been given. Effective only while the user is active and a superuser. */
export interface UserPermissions {
  directory: DirectoryName;
  user: User;
  isEffective: boolean;
  permissions: readonly HeldPermission[];
}

export interface PermissionHolders {
  directory: DirectoryName;
  permission: string;
  isDeclared: boolean;
  users: readonly (User & { isEffective: boolean })[];
}

export interface AuditEntry {
  /** Grows with each entry. */
  id: number;
  at: string;
  by: string;
  /** `permission-added`, `permission-removed`, `user-added`, `user-changed`. */
  action: 'permission-added' | 'permission-removed' | 'user-added' | 'user-changed';
  userId: string;
  username: string;
  /** The permission, or what was changed of the user as JSON. */
  detail: string;
}

/** Who may do what. A user is found by username whatever its case, else by e-mail, else as `id:ID`. */
export interface PermissionRegister {
  /** Throws DS_PERMISSION_INVALID. Said twice in the same words, it counts once. */
  declare(permission: DeclaredPermission): void;
  declared(): readonly DeclaredPermission[];
  /**
   * Throws DS_USER_UNKNOWN, DS_USER_AMBIGUOUS, DS_USER_NOT_SUPERUSER, DS_PERMISSION_INVALID and, unless
   * `force`, DS_PERMISSION_UNKNOWN.
   */
  add(
    request: InDirectory & By & { user: string; permission: string; force?: boolean },
  ): Promise<PermissionChange>;
  /** Also of users who are no longer superusers, and of names that nobody declares. */
  remove(
    request: InDirectory & By & { user: string; permission: string },
  ): Promise<PermissionChange>;
  list(request: InDirectory & { user: string }): Promise<UserPermissions>;
  who(request: InDirectory & { permission: string }): Promise<PermissionHolders>;
  /** Newest first. */
  log(
    request: InDirectory & { user?: string | undefined; limit?: number | undefined },
  ): Promise<readonly AuditEntry[]>;
  readonly users: UserRegister;
}

export interface UserRegister {
  list(request: InDirectory): Promise<readonly User[]>;
  /** The one who is meant; undefined where nobody is, or more than one. */
  find(request: InDirectory & { user: string }): Promise<User | undefined>;
  /** In our own directory only: the application makes its users itself (DS_DIRECTORY_USERS_ARE_ITS). */
  add(
    request: InDirectory &
      By & { username: string; email?: string | undefined; superuser?: boolean },
  ): Promise<Change & { directory: DirectoryName; user: User }>;
  set(
    request: InDirectory & By & { user: string; changes: UserChanges },
  ): Promise<Change & { directory: DirectoryName; user: User }>;
}

export interface UserChanges {
  email?: string | undefined;
  active?: boolean | undefined;
  superuser?: boolean | undefined;
}
