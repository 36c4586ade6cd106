import { definePlugin } from 'devservices';
import { storeOptions } from './options.ts';

/** A SQL store for plugins: a file of this checkout, or a Postgres. Nothing is opened before it is used. */
export const store = definePlugin({
  name: 'store',
  options: storeOptions,
  setup({ options, defer, expose }) {
    expose('database', async (context) => {
      const { createDatabase } = await import('./database.ts');
      const database = createDatabase({ options, context });
      defer(() => database.close());
      return database;
    });
  },
});
