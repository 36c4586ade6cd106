import { z } from 'devservices';

const column = z.string().min(1);

const users = z.strictObject({
  table: column.describe('Their table; schema.table where it is in another schema'),
  id: column.describe('Column of the id, which permissions refer to'),
  username: column,
  email: column.optional(),
  active: column.describe('Column that is true of users who may sign in').optional(),
  superuser: column.describe('Column that is true of superusers').optional(),
  password: column
    .describe('Column of the hash of the password; empty or beginning with "!" is no password')
    .optional(),
});

const permissions = z.strictObject({
  table: column.describe('One row for each permission of a user'),
  user: column.describe('Column of the id of the user'),
  permission: column.describe('Column of the name of the permission'),
});

const directory = z
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
    audit: column.describe('Table of the audit log; default devservices_audit').optional(),
  })
  .refine(({ service, url }) => (service === undefined) !== (url === undefined), {
    message: 'names either a service or a url',
  });

export const permissionsOptions = z
  .strictObject({
    directory: directory
      .describe('Where the application under development keeps its users and permissions')
      .optional(),
    declare: z
      .array(z.strictObject({ name: z.string(), description: z.string() }))
      .describe('Permissions that the repo itself asks for, besides those of plugins')
      .default([]),
  })
  .prefault({});
