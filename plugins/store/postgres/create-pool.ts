import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type * as pg from 'pg';
import type { ClientConfig, PoolClient, QueryResult } from 'pg';

import { storeErrors } from '../errors.ts';
import {
  connectWaitMs,
  explainPostgres,
  type ExplainedStore,
  lockWaitMs,
} from './explain-postgres.ts';

const endWaitMs = 1000;
// The type of bigint, and so of count(*).
const int8 = 20;

/** At most five connections, made when they are needed; what goes wrong with them is explained. */
export async function createPool(url: string, store: ExplainedStore): Promise<PostgresPool> {
  const { Client, Pool, types } = await loadPg();
  const open = new Set<InstanceType<typeof Client>>();

  class StoreClient extends Client {
    constructor(config?: ClientConfig) {
      // Here and not of the pool: who waits for one of ours to be free waits for as long as that takes.
      super({ ...config, connectionTimeoutMillis: connectWaitMs });
      // Whoever has it learns of it by the next query; unheard, it would end the process.
      this.on('error', () => {});
      open.add(this);
      this.on('end', () => open.delete(this));
    }
  }

  const pool = new Pool({
    connectionString: url,
    application_name: 'devservices',
    max: 5,
    allowExitOnIdle: true,
    keepAlive: true,
    Client: StoreClient,
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === int8 ? readInteger : types.getTypeParser(oid, format)) as never,
    },
  });
  pool.on('error', () => {});
  return {
    async connect() {
      try {
        return explained(await pool.connect(), store);
      } catch (error) {
        throw explainPostgres(store, error, 'connect') ?? error;
      }
    },
    async end() {
      const ended = pool.end();
      // A server that hangs keeps nobody.
      const cut = setTimeout(() => {
        for (const client of open) client.connection.stream.destroy();
      }, endWaitMs);
      await ended.finally(() => clearTimeout(cut));
    },
  };
}

/** pg is loaded by those alone who have a Postgres. */
async function loadPg(): Promise<typeof pg> {
  try {
    return await import('pg');
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`;
    const reason = (error as Error).message;
    throw storeErrors.create('DS_STORE_DRIVER_MISSING', { name: 'pg', platform, reason }, error);
  }
}

/** A number where one can hold it, as SQLite gives it; else its digits. */
function readInteger(digits: string): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

function explained(client: PoolClient, store: ExplainedStore): PostgresPoolClient {
  let last: Promise<unknown> = Promise.resolve();
  let abortedBy: unknown;

  async function run(text: string, parameters: readonly unknown[]): Promise<QueryResult> {
    if (text === 'begin') abortedBy = undefined;
    try {
      const result = await client.query(
        text === 'begin' ? `begin; set local lock_timeout = ${lockWaitMs}` : text,
        parameters.map(portable),
      );
      // So does a server end what failed and was said to be well; nothing of it was kept.
      if (text === 'commit' && result.command === 'ROLLBACK') throw abortedBy;
      return result;
    } catch (error) {
      // What is lost with its connection is rolled back by the server.
      if (text === 'rollback') return {} as QueryResult;
      abortedBy ??= error;
      throw explainPostgres(store, error, text === 'commit' ? 'commit' : undefined) ?? error;
    }
  }

  return {
    query(text: unknown, parameters?: readonly unknown[]) {
      const next = last.then(() => run(text as string, parameters ?? []));
      // pg takes one at a time.
      last = next.catch(() => {});
      return next as never;
    },
    release: () => client.release(),
  };
}

/** True as 1, as for SQLite: Postgres reads that for a boolean, and for an integer too. */
function portable(parameter: unknown): unknown {
  return typeof parameter === 'boolean' ? Number(parameter) : parameter;
}
