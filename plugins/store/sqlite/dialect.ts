import {
  type CompiledQuery,
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
  const explained = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      throw parts.explain(thrown);
    }
  };
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      await turns.take();
      return connection;
    },
    beginTransaction: () => explained(() => parts.begin(parts.open())),
    commitTransaction: () => explained(async () => parts.open().control('commit')),
    async rollbackTransaction() {
      const opened = parts.open();
      // A full disk, for one, has rolled it back by itself.
      if (opened.isInTransaction()) await explained(async () => opened.control('rollback'));
    },
    async releaseConnection() {
      turns.give();
    },
    destroy: () => Promise.resolve(),
  };
}

function createConnection({ open, explain }: DialectParts): DatabaseConnection {
  return {
    async executeQuery(query: CompiledQuery) {
      try {
        const { rows, changes, lastInsertRowid } = open().run(query.sql, query.parameters);
        return {
          rows: rows as never[],
          ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
          ...(lastInsertRowid === undefined ? {} : { insertId: BigInt(lastInsertRowid) }),
        };
      } catch (thrown) {
        throw explain(thrown);
      }
    },
    async *streamQuery(query: CompiledQuery) {
      yield { rows: (await this.executeQuery<never>(query)).rows };
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
