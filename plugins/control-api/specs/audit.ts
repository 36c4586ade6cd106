import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { directory, userName } from './users.ts';

export const auditSpecs = [
  defineSpec({
    method: 'GET',
    path: '/audit',
    tag: 'users',
    summary: 'Who changed which user, and what users were given',
    access: { permission: 'users.admin' },
    query: z.strictObject({
      directory,
      user: userName.optional(),
      limit: z.coerce.number().int().min(1).max(10_000).default(100),
    }),
    answer: {
      kind: 'json',
      description: 'The newest first',
      schema: z.object({
        entries: z.array(
          z.object({
            id: z.number(),
            at: z.string(),
            by: z.string().describe('`os:ada`, `user:ada`, `token:ci`'),
            action: z.enum([
              'permission-added',
              'permission-removed',
              'user-added',
              'user-changed',
            ]),
            userId: z.string(),
            username: z.string(),
            detail: z.string().describe('The permission, or what was changed of the user as JSON'),
          }),
        ),
      }),
    },
    problems: { DS_USER_UNKNOWN: 404 },
  }),
] as const;
