import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { userName } from './users.ts';

const token = z.object({
  id: z.string(),
  name: z.string(),
  user: z.string(),
  permissions: z.array(z.string()),
  sudo: z.boolean(),
  state: z.enum(['live', 'expired', 'revoked']),
  created: z.string(),
  createdBy: z.string(),
  expires: z.string().nullable(),
  revoked: z.string().nullable(),
  revokedBy: z.string().nullable(),
  lastUsed: z.string().nullable().describe('To the minute'),
});

export const tokenSpecs = [
  defineSpec({
    method: 'GET',
    path: '/tokens',
    tag: 'tokens',
    summary: 'All tokens of tools',
    description: 'Of a token itself only a hash is kept: none can be read again.',
    access: { permission: 'users.admin' },
    answer: {
      kind: 'json',
      description: 'By name',
      schema: z.object({ tokens: z.array(token) }),
    },
  }),
  defineSpec({
    method: 'POST',
    path: '/tokens',
    tag: 'tokens',
    summary: 'Makes a token for a tool',
    description:
      'What it may is what it lists and its user may. A token makes none for its own user.',
    access: { permission: 'users.admin', sudo: true },
    body: z.strictObject({
      name: z.string().min(1).max(300),
      user: userName,
      permissions: z.array(z.string().max(300)).max(100).optional(),
      sudo: z.boolean().optional(),
      expires: z.string().max(100).optional().describe('`30d`, `12h`, or when (ISO 8601)'),
    }),
    answer: {
      kind: 'json',
      description: 'With the token itself, this once',
      status: 201,
      schema: z.object({ token: z.string(), entry: token }),
    },
    problems: {
      DS_API_OWN_RIGHTS: 403,
      DS_API_TOKEN_INVALID: 400,
      DS_API_TOKEN_EXISTS: 409,
      DS_API_PERMISSION_UNKNOWN: 400,
      DS_USER_UNKNOWN: 400,
    },
  }),
  defineSpec({
    method: 'DELETE',
    path: '/tokens/{id}',
    tag: 'tokens',
    summary: 'Revokes a token',
    description: 'From then on it is refused, also where it is streaming.',
    access: { permission: 'users.admin', sudo: true },
    params: z.object({ id: z.string().min(1).max(100) }),
    answer: {
      kind: 'json',
      description: 'Whether it was good until then',
      schema: z.object({ change: z.enum(['revoked', 'unchanged']), entry: token }),
    },
    problems: { DS_API_TOKEN_UNKNOWN: 404 },
  }),
] as const;
