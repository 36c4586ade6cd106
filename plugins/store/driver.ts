import type { DevServicesError } from 'devservices';
import type { Kysely, Transaction } from 'kysely';
import type { Connection, Dialect } from './contract.ts';

/** One open database, whichever it is; what a Connection is made of. */
export interface Driver {
  readonly dialect: Dialect;
  /** For people; never a password. */
  readonly location: string;
  readonly query: Kysely<unknown>;
  /** One transaction that writes. */
  change<T>(work: (query: Transaction<unknown>) => Promise<T>): Promise<T>;
  /** The same for migrations: no other process migrates meanwhile. */
  migrate<T>(work: (query: Transaction<unknown>) => Promise<T>): Promise<T>;
  /** Keeps a copy as it was before the migration; called in it, where one is due. Absent where there is no file. */
  backUp?(): Promise<void>;
  isOneOf: Connection<unknown>['isOneOf'];
  /** What a thrown error of the driver means; undefined for those that are the asker's (a violated constraint). */
  explain(thrown: unknown): DevServicesError | undefined;
  close(): Promise<void>;
}
