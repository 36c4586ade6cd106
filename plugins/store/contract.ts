import type { Kysely, Transaction, sql } from 'kysely';

declare module 'devservices' {
  interface Contracts {
    database: Database;
  }
}

/** A SQL store for plugins, and a way to other databases. Nothing is opened before it is asked for. */
export interface Database {
  /** Where the store is, for people: a file, or host, port and database. Never a password. */
  describe(): Promise<string>;
  /**
   * The store with one owner's tables in it, brought up to date first. Asked again: the same.
   * Throws DS_STORE_UNREACHABLE, DS_STORE_NEWER and the other DS_STORE_ codes.
   *
   * @example
   * const store = await database.open<Tables>({ owner: 'notes', migrations: { '0001-notes': createNotes } });
   */
  open<Tables>(schema: Schema): Promise<Connection<Tables>>;
  /** Another Postgres, such as that of the application; nothing is made or changed in it. */
  connect<Tables>(target: DatabaseTarget): Promise<Connection<Tables>>;
}

/** Whose tables, and how they came to be. */
export interface Schema {
  /** The plugin's name. */
  owner: string;
  /** Run in the order of their names, each once, all that are due in one transaction; never changed afterwards. */
  migrations: Readonly<Record<string, Migration>>;
}

export type Migration = (query: Kysely<unknown>, dialect: Dialect) => Promise<void>;

export type Dialect = 'sqlite' | 'postgres';

/** A service of this project whose exports have its URL, or the URL itself. */
export type DatabaseTarget =
  /** `variable`: which export it is, where several are Postgres URLs. */
  { service: string; variable?: string } | { url: string };

/** An open database. */
export interface Connection<Tables> {
  readonly dialect: Dialect;
  /** For reading: one statement, one state. */
  readonly query: Kysely<Tables>;
  /** For templates of SQL, as kysely has them. */
  readonly sql: typeof sql;
  /**
   * All of it happens or nothing does. On SQLite writers wait for one another from its first statement
   * on; on Postgres it is `read committed`, and `work` locks the rows that it decides by.
   * There `work` runs again where two waited for each other: it does nothing but ask and write.
   */
  change<T>(work: (query: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** A condition that is true of a column whose text is one of these, however many: one parameter. */
  isOneOf(column: string, texts: readonly string[]): ReturnType<typeof sql<boolean>>;
}
