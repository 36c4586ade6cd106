import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqliteConnection } from './libsql.ts';

export interface DialectParts {
  /** Opened on first use. */
  open(): SqliteConnection;
  /** Begins a transaction that writes. */
  begin(connection: SqliteConnection): Promise<void>;
  /** What is thrown instead. */
  explain(thrown: unknown): unknown;
}

/** Kysely on one connection, which those that ask for it take in turn. */
export function createSqliteDialect(parts: DialectParts): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (query) => new SqliteIntrospector(query),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => createDriver(parts),
  };
}

function createDriver(parts: DialectParts): ReturnType<Dialect['createDriver']> {
  const turns = createTurns();
  const connection = createConnection(parts);
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      await turns.take();
      return connection;
    },
    async beginTransaction() {
      try {
        await parts.begin(parts.open());
      } catch (thrown) {
        throw parts.explain(thrown);
      }
    },
    async commitTransaction(used) {
      await used.executeQuery(CompiledQuery.raw('commit'));
    },
    async rollbackTransaction(used) {
      // A full disk, for one, has rolled it back by itself.
      if (parts.open().isInTransaction()) await used.executeQuery(CompiledQuery.raw('rollback'));
    },
    async releaseConnection() {
      turns.give();
    },
    destroy: () => Promise.resolve(),
  };
}

function createConnection({ open, explain }: DialectParts): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery) {
      try {
        const { rows, changes, lastInsertRowid } = open().run(query.sql, query.parameters);
        return {
          rows: rows as Row[],
          ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
          ...(lastInsertRowid === undefined ? {} : { insertId: BigInt(lastInsertRowid) }),
        };
      } catch (thrown) {
        throw explain(thrown);
      }
    },
    async *streamQuery<Row>(query: CompiledQuery) {
      yield { rows: (await this.executeQuery<Row>(query)).rows };
    },
  };
}

function createTurns() {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  return {
    async take() {
      if (isTaken) await new Promise<void>((resolve) => waiting.push(resolve));
      isTaken = true;
    },
    give() {
      const next = waiting.shift();
      if (next) next();
      else isTaken = false;
    },
  };
}
