import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';

export const projectSpecs = [
  defineSpec({
    method: 'GET',
    path: '/project',
    tag: 'project',
    summary: 'Which project this is, and what is being done with it',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'The project',
      schema: z.object({
        project: z.string(),
        root: z.string().describe('Folder of the configuration'),
        checkout: z.string().describe('Id of this checkout'),
        version: z.string().describe('Of devservices'),
        task: z
          .object({
            task: z.string(),
            pid: z.int(),
            since: z.string().describe('ISO time'),
          })
          .nullable()
          .describe('The one task that changes this checkout just now'),
      }),
    },
  }),
] as const;
