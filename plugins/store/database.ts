import { isDevServicesError } from 'devservices/machine';
import type { RunnerContext } from 'devservices/runner';
import { sql } from 'kysely';
import { join } from 'node:path';
import type { Connection, Database, DatabaseTarget, Schema } from './contract.ts';
import type { Driver } from './driver.ts';
import { migrate } from './migrate.ts';

export interface DatabaseParts {
  /** Where the store is: in a file of the checkout where none of them is given. */
  options: {
    url?: string | undefined;
    service?: string | undefined;
    variable?: string | undefined;
  };
  context: Pick<RunnerContext, 'checkoutFolder' | 'inspect'>;
}

/** Opens each database once, on first use; `close` ends all of them, and those that are being opened. */
export function createDatabase({
  options,
  context,
}: DatabaseParts): Database & { close(): Promise<void> } {
  const opened = createOnce<Driver>();
  const migrated = createOnce<void>();
  const target = targetOf(options);
  const file = join(context.checkoutFolder, 'store.sqlite');
  const openStore = () =>
    opened('store', async () => {
      if (target) return openPostgres(target, context);
      const { openSqlite } = await import('./sqlite/open-sqlite.ts');
      return openSqlite({ file });
    });
  return {
    async describe() {
      return target ? (await openStore()).location : file;
    },
    async open<Tables>(schema: Schema) {
      const driver = await openStore();
      await migrated(schema.owner, () => explained(driver, () => migrate(driver, schema)));
      return connectionOf<Tables>(driver);
    },
    async connect<Tables>(other: DatabaseTarget) {
      const driver = await opened(JSON.stringify(other), () => openPostgres(other, context));
      return connectionOf<Tables>(driver);
    },
    async close() {
      const drivers = await Promise.allSettled(opened.all());
      await Promise.all(
        drivers.flatMap((one) => (one.status === 'fulfilled' ? [one.value.close()] : [])),
      );
    },
  };
}

function targetOf({ url, service, variable }: DatabaseParts['options']) {
  if (url !== undefined) return { url };
  if (service === undefined) return undefined;
  return { service, ...(variable === undefined ? {} : { variable }) };
}

async function openPostgres(target: DatabaseTarget, context: DatabaseParts['context']) {
  const [{ findTarget }, { openPostgres: open }] = await Promise.all([
    import('./postgres/find-target.ts'),
    import('./postgres/open-postgres.ts'),
  ]);
  return open(await findTarget(target, context));
}

// The one place where a caller's word is taken for what its tables are.
function connectionOf<Tables>(driver: Driver): Connection<Tables> {
  const connection: Connection<unknown> = {
    dialect: driver.dialect,
    query: driver.query,
    sql,
    change: (work) => explained(driver, () => driver.change(work)),
    isOneOf: driver.isOneOf,
  };
  return connection as Connection<Tables>;
}

async function explained<T>(driver: Driver, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (isDevServicesError(thrown)) throw thrown;
    throw driver.explain(thrown) ?? thrown;
  }
}

/** Makes what is asked for by name once; a failed attempt is forgotten. */
function createOnce<T>() {
  const made = new Map<string, Promise<T>>();
  const once = (name: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(name);
    if (known) return known;
    const making = make();
    made.set(name, making);
    making.catch(() => made.delete(name));
    return making;
  };
  return Object.assign(once, { all: () => [...made.values()] });
}
