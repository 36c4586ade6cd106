import { z } from 'devservices';

export const storeOptions = z
  .strictObject({
    url: z
      .string()
      .describe('postgres:// URL of a database for the store; default: a file of this checkout')
      .optional(),
    service: z
      .string()
      .describe('Service of this project whose Postgres the store is in; its exports have the URL')
      .optional(),
    variable: z
      .string()
      .describe('Which export of the service it is, where several are Postgres URLs')
      .optional(),
  })
  .refine(({ url, service }) => url === undefined || service === undefined, {
    error: '`url` and `service` exclude one another: each says where the store is',
    path: ['service'],
  })
  .refine(({ service, variable }) => variable === undefined || service !== undefined, {
    error: '`variable` names an export of `service`, which is missing',
    path: ['variable'],
  })
  .default({});
