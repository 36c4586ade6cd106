import { definePlugin } from 'devservices';
import type { PermissionRegister } from './contract.ts';
import type { Directory } from './directory.ts';
import { permissionsOptions } from './options.ts';

export { type SqlDirectory, sqlDirectory } from './sql-directory/sql-directory.ts';

/**
 * Who may do what: users and what they have been given, in the store and in the application's own
 * database. Needs a plugin that exposes a database; nothing is opened before it is asked for.
 *
 * @example
 * plugins: [store(), permissions({ declare: [{ name: 'mail.read', description: 'Reads all mail' }] })]
 */
export const permissions = definePlugin({
  name: 'permissions',
  options: permissionsOptions,
  setup(ctx) {
    const { directory: spec, declare } = ctx.options;

    const openStore = async (): Promise<Directory> => {
      const { createStoreDirectory } = await import('./store-directory/create-store-directory.ts');
      return createStoreDirectory(await ctx.use('database'));
    };
    const openApplication = async (): Promise<Directory | undefined> => {
      if (spec === undefined) return undefined;
      const { createSqlDirectory } = await import('./sql-directory/create-sql-directory.ts');
      return createSqlDirectory({ database: await ctx.use('database'), spec, log: ctx.log });
    };

    ctx.expose('permissions', async (): Promise<PermissionRegister> => {
      const { createRegister } = await import('./register.ts');
      const [store, app] = await Promise.all([openStore(), openApplication()]);
      const register = createRegister({ store, app });
      for (const permission of declare) register.declare(permission);
      return register;
    });

    ctx.expose('authorizer', async () => {
      const { createAuthorizer } = await import('./authorizer.ts');
      // Asked for as others ask: with all that plugins declare in it.
      const register = await ctx.use('permissions');
      const isDeclared = (permission: string): boolean =>
        register.declared().some(({ name }) => name === permission);
      return createAuthorizer({ directory: await openStore(), isDeclared });
    });
  },
});
