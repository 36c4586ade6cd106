import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';

const directoryName = z.enum(['store', 'app']);

export const directory = directoryName
  .default('store')
  .describe("Whose users: devservices' own, who use this API, or those of the application");

/** As the command line takes it: a username, whatever its case, an e-mail address, or `id:ID`. */
export const userName = z
  .string()
  .min(1)
  .max(300)
  .describe('Username, whatever its case, e-mail address, or `id:ID`');

export const user = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  active: z.boolean(),
  superuser: z.boolean(),
  hasUsablePassword: z.boolean(),
  created: z.string().nullable(),
});

const email = z.string().max(300);

const changedUser = z.object({
  change: z.enum(['added', 'removed', 'changed', 'unchanged']),
  directory: directoryName,
  user,
});

const named = z.object({ user: userName });
const inDirectory = z.strictObject({ directory });

export const userSpecs = [
  defineSpec({
    method: 'GET',
    path: '/users',
    tag: 'users',
    summary: 'All users',
    access: { permission: 'users.admin' },
    query: inDirectory,
    answer: {
      kind: 'json',
      description: 'By name',
      schema: z.object({ users: z.array(user) }),
    },
  }),
  defineSpec({
    method: 'POST',
    path: '/users',
    tag: 'users',
    summary: "Makes a user of devservices' own",
    description: 'Users of the application are made by the application.',
    access: { permission: 'users.admin', sudo: true },
    body: z.strictObject({
      username: z.string().min(1).max(300),
      email: email.optional(),
      superuser: z.boolean().optional().describe('One who can be given permissions'),
    }),
    answer: { kind: 'json', description: 'The new user', status: 201, schema: changedUser },
    problems: { DS_USER_EXISTS: 409, DS_USER_INVALID: 400 },
  }),
  defineSpec({
    method: 'GET',
    path: '/users/{user}',
    tag: 'users',
    summary: 'One user',
    description: 'Everybody may look at themselves; at others, who has `users.admin`.',
    access: 'known',
    params: named,
    query: inDirectory,
    answer: { kind: 'json', description: 'The user', schema: user },
    problems: { DS_API_FORBIDDEN: 403, DS_USER_UNKNOWN: 404 },
  }),
  defineSpec({
    method: 'PATCH',
    path: '/users/{user}',
    tag: 'users',
    summary: 'Changes a user',
    description: 'Nobody changes whether they themselves are active, or a superuser.',
    access: { permission: 'users.admin', sudo: true },
    params: named,
    query: inDirectory,
    body: z.strictObject({
      email: email.optional(),
      active: z.boolean().optional(),
      superuser: z.boolean().optional(),
    }),
    answer: { kind: 'json', description: 'The user as it is now', schema: changedUser },
    problems: {
      DS_API_OWN_RIGHTS: 403,
      DS_USER_UNKNOWN: 404,
      DS_USER_EXISTS: 409,
      DS_USER_CHANGE_MISSING: 400,
    },
  }),
] as const;
