import { z } from 'devservices';
import { sqlDirectorySchema } from './sql-directory/sql-directory.ts';

export const permissionsOptions = z
  .strictObject({
    directory: sqlDirectorySchema
      .describe('Where the application under development keeps its users and permissions')
      .optional(),
    declare: z
      .array(z.strictObject({ name: z.string(), description: z.string() }))
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
        message: 'names a permission twice',
      })
      .describe('Permissions that the repo itself asks for, besides those of plugins')
      .default([]),
  })
  .prefault({});
