import type { Connection, Database } from '../connection.ts';
import type { Directory } from '../directory.ts';
import { permissionLimit } from '../names.ts';
import { createLateReader } from './late-reader.ts';
import { createStoreReader } from './store-reader.ts';
import { createStoreWriter } from './store-writer.ts';
import { type StoreTables, storeSchema } from './tables.ts';

/**
 * Our own users and their permissions, in the store; opened on first use. Its methods throw what
 * opening the store throws.
 *
 * @example
 * const directory = createStoreDirectory(await use('database'));
 * const [ada] = await directory.read.findByUsername('Ada');
 */
export function createStoreDirectory(database: Database): Directory {
  const description = 'the store';
  const open = (): Promise<Connection<StoreTables>> => database.open<StoreTables>(storeSchema);
  return {
    name: 'store',
    description,
    permissionLimit: async () => permissionLimit,
    read: createLateReader(async (work) => work(createStoreReader((await open()).query))),
    async change(work) {
      const { change, dialect } = await open();
      return change((query) => work(createStoreWriter({ query, dialect, description })));
    },
  };
}
