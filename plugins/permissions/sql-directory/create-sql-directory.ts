import type { PluginContext } from 'devservices';

import type { Connection, Database } from '../connection.ts';
import type { Directory } from '../directory.ts';
import { createLateReader } from '../store-directory/late-reader.ts';
import { nameOf } from './app-audit.ts';
import { type AppTables, resolveAppTables } from './app-tables.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { SqlDirectory } from './sql-directory.ts';
import { createSqlReader } from './sql-reader.ts';
import { createSqlWriter } from './sql-writer.ts';
import { loadShapes, type Shapes } from './table-shapes.ts';

export interface SqlDirectoryParts {
  database: Database;
  /** Validated by `sqlDirectorySchema`. */
  spec: SqlDirectory;
  log: Pick<PluginContext<unknown>['log'], 'info'>;
}

interface Opened {
  connection: Connection<unknown>;
  shapes: Shapes;
  tables: AppTables;
}

/**
 * The application's own users and permissions; connected on first use. Its methods throw
 * DS_DIRECTORY_MISMATCH where the tables are not as the configuration says, and DS_DIRECTORY_REFUSED
 * where the database says no.
 *
 * @example
 * const directory = createSqlDirectory({ database: await use('database'), spec, log });
 * const [ada] = await directory.read.findByUsername('Ada');
 */
export function createSqlDirectory({ database, spec, log }: SqlDirectoryParts): Directory {
  const description = `${spec.users.table} in ${placeOf(spec)}`;
  let opened: Promise<Opened> | undefined;
  const load = async (): Promise<Opened> => {
    const connection = await database.connect<unknown>(targetOf(spec));
    const shapes = await loadShapes(connection, spec, description);
    return { connection, shapes, tables: resolveAppTables(connection.sql, spec, shapes) };
  };
  /** What went wrong may be that the tables are no more as they were: they are looked at again. */
  const use = async <T>(work: (opened: Opened) => Promise<T>): Promise<T> => {
    try {
      opened ??= load();
      return await work(await opened);
    } catch (thrown) {
      opened = undefined;
      throw explainRefusal(thrown, description) ?? thrown;
    }
  };
  return {
    name: 'app',
    description,
    permissionLimit() {
      opened = undefined;
      return use(async ({ shapes }) => {
        const column = shapes.permissions.columns.get(spec.permissions.permission);
        return column?.limit ?? undefined;
      });
    },
    read: createLateReader((work) =>
      use(({ connection: { sql, query }, tables }) =>
        work(createSqlReader({ sql, query, tables, spec })),
      ),
    ),
    change: (work) =>
      use(async ({ connection: { sql, change }, tables, shapes }) => {
        let isAuditMade = false;
        const result = await change((query) => {
          // It may be run again, and the table that the first attempt made is gone then.
          isAuditMade = false;
          const auditMade = () => {
            isAuditMade = true;
          };
          const app = { sql, query, tables, spec, shapes, description, auditMade };
          return work(createSqlWriter(app));
        });
        if (isAuditMade) {
          log.info(`Made the table ${nameOf(spec)} in ${placeOf(spec)}: it has who changed what.`);
        }
        return result;
      }),
  };
}

function targetOf({ service, url, variable }: SqlDirectory): Parameters<Database['connect']>[0] {
  if (service === undefined) return { url: url ?? '' };
  return variable === undefined ? { service } : { service, variable };
}

/** For people; never a password. */
function placeOf({ service, url = '' }: SqlDirectory): string {
  if (service !== undefined) return service;
  if (!URL.canParse(url)) return "the application's database";
  const { hostname, pathname } = new URL(url);
  return `${pathname.slice(1) || 'postgres'} at ${hostname || 'localhost'}`;
}
