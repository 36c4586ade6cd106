import type { Contracts } from 'devservices';

/** The store, and the way to the application's database, as another plugin exposes them. */
export type Database = Contracts['database'];

declare const database: Database;

/** An open database with these tables. */
export type Connection<Tables> = Awaited<ReturnType<typeof database.open<Tables>>>;

export type Dialect = Connection<unknown>['dialect'];

export type Sql = Connection<unknown>['sql'];

/** A part of a statement, its values apart from its text. */
export type Fragment = ReturnType<Sql['raw']>;
