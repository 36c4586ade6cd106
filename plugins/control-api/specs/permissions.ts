import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { directory, user, userName } from './users.ts';

const permission = z.string().min(1).max(300).describe('Such as `services.write`');

const inDirectory = z.strictObject({ directory });
const given = z.object({ user: userName, permission });

const changedPermission = z.object({
  change: z.enum(['added', 'removed', 'changed', 'unchanged']),
  directory: z.enum(['store', 'app']),
  user,
  permission: z.string(),
});

export const permissionSpecs = [
  defineSpec({
    method: 'GET',
    path: '/permissions',
    tag: 'permissions',
    summary: 'All permissions that something asks for',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'By name',
      schema: z.object({
        permissions: z.array(z.object({ name: z.string(), description: z.string() })),
      }),
    },
  }),
  defineSpec({
    method: 'GET',
    path: '/permissions/{permission}/users',
    tag: 'permissions',
    summary: 'Who has been given a permission',
    access: { permission: 'users.admin' },
    params: z.object({ permission }),
    query: inDirectory,
    answer: {
      kind: 'json',
      description: 'By name; `isEffective`: the user is active and a superuser',
      schema: z.object({
        permission: z.string(),
        isDeclared: z.boolean(),
        users: z.array(user.extend({ isEffective: z.boolean() })),
      }),
    },
    problems: { DS_PERMISSION_INVALID: 400 },
  }),
  defineSpec({
    method: 'GET',
    path: '/users/{user}/permissions',
    tag: 'permissions',
    summary: 'What a user has been given',
    description: 'Everybody may look at their own; at those of others, who has `users.admin`.',
    access: 'known',
    params: z.object({ user: userName }),
    query: inDirectory,
    answer: {
      kind: 'json',
      description: 'By name; `isEffective`: the user is active and a superuser',
      schema: z.object({
        user,
        isEffective: z.boolean(),
        permissions: z.array(z.object({ name: z.string(), isDeclared: z.boolean() })),
      }),
    },
    problems: { DS_API_FORBIDDEN: 403, DS_USER_UNKNOWN: 404 },
  }),
  defineSpec({
    method: 'PUT',
    path: '/users/{user}/permissions/{permission}',
    tag: 'permissions',
    summary: 'Gives a permission to a user, who has to be a superuser',
    description: 'Nobody gives themselves one. Twice is once.',
    access: { permission: 'users.admin', sudo: true },
    params: given,
    query: inDirectory,
    answer: { kind: 'json', description: 'Whether it is new', schema: changedPermission },
    problems: {
      DS_API_OWN_RIGHTS: 403,
      DS_USER_UNKNOWN: 404,
      DS_PERMISSION_UNKNOWN: 404,
      DS_PERMISSION_INVALID: 400,
      DS_USER_NOT_SUPERUSER: 409,
    },
  }),
  defineSpec({
    method: 'DELETE',
    path: '/users/{user}/permissions/{permission}',
    tag: 'permissions',
    summary: 'Takes a permission from a user',
    description: 'Nobody takes one from themselves.',
    access: { permission: 'users.admin', sudo: true },
    params: given,
    query: inDirectory,
    answer: { kind: 'json', description: 'Whether it was there', schema: changedPermission },
    problems: { DS_API_OWN_RIGHTS: 403, DS_USER_UNKNOWN: 404, DS_PERMISSION_INVALID: 400 },
  }),
] as const;
