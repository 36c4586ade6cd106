import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';

const fact = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);

export const doctorSpecs = [
  defineSpec({
    method: 'GET',
    path: '/doctor',
    tag: 'project',
    summary: 'What `up` needs, and what is wrong with it',
    description: 'Is answered with 200 also where there are problems.',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'What was looked at, in that order',
      schema: z.object({
        ok: z.boolean().describe('Nothing is a problem'),
        findings: z.array(
          z.object({
            name: z.string().describe('What it is about: `engine`, `configuration`'),
            level: z.enum(['ok', 'warning', 'problem']),
            text: z.string(),
            hint: z.string().optional().describe('What to do about it'),
            facts: z.record(z.string(), fact).optional(),
          }),
        ),
      }),
    },
  }),
] as const;
