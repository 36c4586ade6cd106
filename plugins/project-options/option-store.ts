import type { Contracts } from 'devservices';

export interface StoredOption {
  project: string;
  key: string;
  /** JSON. */
  value: string;
}

interface Tables {
  devservices_option: StoredOption & { updated_at: string; updated_by: string };
}

/** What is stored, as text. */
export interface OptionStore {
  /** One statement. */
  read(of: { projects: readonly string[]; keys: readonly string[] }): Promise<StoredOption[]>;
  /** Whether it is otherwise than before. */
  write(option: StoredOption & { at: string; by: string }): Promise<boolean>;
  /** Whether it was there. */
  remove(option: Omit<StoredOption, 'value'>): Promise<boolean>;
}

export async function openOptionStore(database: Contracts['database']): Promise<OptionStore> {
  const store = await openTables(database);
  return {
    read: ({ projects, keys }) =>
      store.query
        .selectFrom('devservices_option')
        .select(['project', 'key', 'value'])
        .where(store.isOneOf('project', projects))
        .where(store.isOneOf('key', keys))
        .execute(),
    write: ({ at, by, ...option }) =>
      store.change(async (writing) => {
        const values = { ...option, updated_at: at, updated_by: by };
        const { project: _project, key: _key, ...changed } = values;
        const written = await writing
          .insertInto('devservices_option')
          .values(values)
          .onConflict((conflict) =>
            conflict
              .columns(['project', 'key'])
              .doUpdateSet(changed)
              .where('devservices_option.value', '!=', option.value),
          )
          .returning('key')
          .execute();
        return written.length > 0;
      }),
    remove: ({ project, key }) =>
      store.change(async (writing) => {
        const removed = await writing
          .deleteFrom('devservices_option')
          .where('project', '=', project)
          .where('key', '=', key)
          .returning('key')
          .execute();
        return removed.length > 0;
      }),
  };
}

const openTables = (database: Contracts['database']) =>
  database.open<Tables>({
    owner: 'project-options',
    migrations: {
      '0001-option': (query) =>
        query.schema
          .createTable('devservices_option')
          .addColumn('project', 'text', (column) => column.notNull())
          .addColumn('key', 'text', (column) => column.notNull())
          .addColumn('value', 'text', (column) => column.notNull())
          .addColumn('updated_at', 'text', (column) => column.notNull())
          .addColumn('updated_by', 'text', (column) => column.notNull())
          .addPrimaryKeyConstraint('devservices_option_pk', ['project', 'key'])
          .execute(),
    },
  });
