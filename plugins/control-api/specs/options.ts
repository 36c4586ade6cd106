import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';

const key = z.string().min(1).max(255).describe('Such as `mail.from`');

const option = z.object({
  key: z.string(),
  isStored: z.boolean(),
  stored: z.unknown().optional().describe('Absent where nothing is stored, or it is redacted'),
  effective: z.unknown().optional().describe('What counts: what is stored, else the default'),
  isRedacted: z.boolean().describe('A secret, and whoever asks may not `options.secrets`'),
  sensitivity: z.enum(['public', 'internal', 'secret']),
  problem: z.string().optional().describe('Why what is stored does not count'),
});

const changed = z.object({
  change: z.enum(['changed', 'unchanged']),
  project: z.string(),
  key: z.string(),
});

export const optionSpecs = [
  defineSpec({
    method: 'GET',
    path: '/options',
    tag: 'options',
    summary: 'All options of this project',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'In the order of their declaration',
      schema: z.object({ project: z.string(), options: z.array(option) }),
    },
  }),
  defineSpec({
    method: 'GET',
    path: '/options/{key}',
    tag: 'options',
    summary: 'One option of this project',
    access: 'known',
    params: z.object({ key }),
    answer: { kind: 'json', description: 'The option', schema: option },
    problems: { DS_OPTION_UNKNOWN: 404 },
  }),
  defineSpec({
    method: 'PUT',
    path: '/options/{key}',
    tag: 'options',
    summary: 'Stores a value',
    access: { permission: 'options.write' },
    params: z.object({ key }),
    body: z.strictObject({ value: z.json().describe('What the schema of the option takes') }),
    answer: { kind: 'json', description: 'Whether it is otherwise than before', schema: changed },
    problems: { DS_OPTION_UNKNOWN: 404, DS_OPTION_INVALID: 400 },
  }),
  defineSpec({
    method: 'DELETE',
    path: '/options/{key}',
    tag: 'options',
    summary: 'Forgets a stored value: the default counts again',
    access: { permission: 'options.write' },
    params: z.object({ key }),
    answer: { kind: 'json', description: 'Whether one was stored', schema: changed },
  }),
] as const;
