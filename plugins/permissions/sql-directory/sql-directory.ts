import { z } from 'devservices';

const name = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'no name in a database is so');

const table = name.refine((text) => /^[^.]+(?:\.[^.]+)?$/.test(text), 'is TABLE or SCHEMA.TABLE');

const users = z.strictObject({
  table: table.describe('Their table; schema.table where it is in another schema'),
  id: name.describe('Column of the id, which permissions refer to'),
  username: name.describe('Column of the name by which a user signs in'),
  email: name.describe('Column of the e-mail address').optional(),
  active: name
    .describe('Column that is true of users who may sign in; without it, all may')
    .optional(),
  superuser: name
    .describe('Column that is true of superusers; without it, everybody counts as one')
    .optional(),
  password: name
    .describe('Column of the hash of the password; empty or beginning with "!" is no password')
    .optional(),
  created: name.describe('Column of the time at which the user was made').optional(),
});

const permissions = z.strictObject({
  table: table.describe('One row for each permission of a user'),
  user: name.describe('Column of the id of the user'),
  permission: name.describe('Column of the name of the permission'),
});

/** Checks what `sqlDirectory` gives, in the options of the plugin. */
export const sqlDirectorySchema = z
  .strictObject({
    service: z.string().min(1).describe('The service that is its Postgres').optional(),
    url: z.string().min(1).describe('Its address, instead of a service').optional(),
    variable: z
      .string()
      .min(1)
      .describe('Which export of the service has its address, where several have one')
      .optional(),
    users,
    permissions,
    audit: table.describe('Table of the audit log; default devservices_audit').optional(),
  })
  .refine(({ service, url }) => (service === undefined) !== (url === undefined), {
    message: 'names either a service or a url',
  })
  .refine(({ service, variable }) => variable === undefined || service !== undefined, {
    path: ['variable'],
    message: 'goes with a service',
  });

/** Where an application keeps its users and their permissions. */
export type SqlDirectory = z.input<typeof sqlDirectorySchema>;

/**
 * The users and permissions of the application under development, in its own Postgres, as the
 * `directory` of the plugin `permissions`. Plain data; nothing is opened, and nothing but the columns
 * that are named is ever written.
 *
 * @example
 * sqlDirectory({
 *   service: 'postgres',
 *   users: { table: 'auth_user', id: 'id', username: 'username', superuser: 'is_superuser' },
 *   permissions: { table: 'user_permission', user: 'user_id', permission: 'permission' },
 * })
 */
export function sqlDirectory(directory: SqlDirectory): SqlDirectory {
  return directory;
}
