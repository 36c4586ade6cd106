import type { Connection, Database } from '../../../plugins/store/contract.ts';
import { createDatabase } from '../../../plugins/store/database.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Plugin } from '../../../core/plugin/plugin.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import type { DeclaredOption, ProjectOptions } from '../../../plugins/project-options/contract.ts';
import { projectOptions } from '../../../plugins/project-options/index.ts';
import type { TestStore } from '../../rig/database.ts';

export interface OpenOptions {
  readonly test: TestHost;
  readonly options: ProjectOptions;
  /** Texts of the statements by which something was read since the last look. */
  reads(): string[];
  /** Rows of the table as they are. */
  rows(): Promise<Row[]>;
  /** Writes a text that no `set` would. */
  plant(row: Pick<Row, 'project' | 'key' | 'value'>): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Row {
  project: string;
  key: string;
  value: string;
  updated_at: string;
  updated_by: string;
}

interface Given {
  store: TestStore;
  declare?: DeclaredOption[];
  plugins?: Plugin[];
}

/** The plugin in a host of its own, on a real database whose statements are counted. */
export async function openOptions({
  store,
  declare = [],
  plugins = [],
}: Given): Promise<OpenOptions> {
  const statements: string[] = [];
  const counted = definePlugin({
    name: 'counted-store',
    setup({ expose, defer }) {
      expose('database', (context) => {
        const database = createDatabase({ options: store.options, context });
        defer(() => database.close());
        return { ...database, open: async (schema) => count(await database.open(schema)) };
      });
    },
  });
  const count = <Tables>(connection: Connection<Tables>): Connection<Tables> => ({
    ...connection,
    query: connection.query.withPlugin({
      transformQuery({ node }) {
        statements.push(node.kind);
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
  });
  const test = createTestHost({
    config: { plugins: [counted, projectOptions({ declare }), ...plugins] },
  });
  await test.host.configure();
  const table = async () => {
    const database: Database = await test.host.use('database');
    return database.open<{ devservices_option: Row }>({ owner: 'a-look', migrations: {} });
  };
  return {
    test,
    options: await test.host.use('projectOptions'),
    reads: () => statements.splice(0),
    async rows() {
      const { query } = await table();
      const rows = await query.selectFrom('devservices_option').selectAll().execute();
      statements.splice(0);
      return rows;
    },
    async plant(row) {
      const values = { ...row, updated_at: '2026-01-01T00:00:00.000Z', updated_by: 'os:ada' };
      await (
        await table()
      ).change((query) =>
        query
          .insertInto('devservices_option')
          .values(values)
          .onConflict((conflict) => conflict.columns(['project', 'key']).doUpdateSet(values))
          .execute(),
      );
    },
    [Symbol.asyncDispose]: () => test.close(),
  };
}
