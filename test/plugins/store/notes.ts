import type { ColumnType, Generated } from 'kysely';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Schema } from '../../../plugins/store/contract.ts';
import { createDatabase, type DatabaseParts } from '../../../plugins/store/database.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

/** A plugin's tables, as those of a stranger would be. */
export interface NotesTables {
  notes_note: { id: Generated<number>; title: string; is_done: ColumnType<number, boolean> };
}

export const notes: Schema = {
  owner: 'notes',
  migrations: {
    async '0001-notes'(query, dialect) {
      await query.schema
        .createTable('notes_note')
        .addColumn('id', dialect === 'sqlite' ? 'integer' : 'serial', (id) => id.primaryKey())
        .addColumn('title', 'text', (title) => title.notNull().unique())
        .addColumn('is_done', 'integer', (isDone) => isDone.notNull())
        .execute();
    },
  },
};

/** The same plugin, a version later. */
export const laterNotes: Schema = {
  owner: 'notes',
  migrations: {
    ...notes.migrations,
    async '0002-tags'(query) {
      await query.schema
        .createTable('notes_tag')
        .addColumn('name', 'text', (name) => name.primaryKey())
        .execute();
    },
  },
};

/** A store in a folder of the test's own, or in `folder`; closed when the test has ended. */
export function openStore(
  folder: string = createTempFolder(),
  options: DatabaseParts['options'] = {},
) {
  const store = createDatabase({
    options,
    context: {
      checkoutFolder: folder,
      inspect: () => Promise.reject(new Error('there is no service here')),
    },
  });
  onTestFinished(() => store.close());
  return { folder, file: join(folder, 'store.sqlite'), store };
}
