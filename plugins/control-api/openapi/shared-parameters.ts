import type { ApiParameter } from './api-document.ts';

/** Headers that say in what capacity a call is made. */
export const sharedParameters = {
  superuser: {
    name: 'Devservices-Superuser',
    in: 'header',
    description:
      'Acts as the superuser that a user is. Without it the permissions of a user do not count; those of a token do, unless this says `false`.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  sudo: {
    name: 'Devservices-Sudo',
    in: 'header',
    description: 'Says that one means it: asked of everybody, also of the owner.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  as: {
    name: 'Devservices-As',
    in: 'header',
    description:
      'As whom the owner makes this call: `anonymous`, `owner`, or `user:` and a name, percent-encoded. The owner only.',
    schema: { type: 'string', pattern: '^(anonymous|owner|user:.+)$' },
  },
  lastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last event that was seen: goes on right behind it.',
    schema: { type: 'string' },
  },
} as const satisfies Record<string, ApiParameter>;

export const refTo = (name: keyof typeof sharedParameters): { $ref: string } => ({
  $ref: `#/components/parameters/${name}`,
});
