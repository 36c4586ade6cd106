import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';

export const openapiSpecs = [
  defineSpec({
    method: 'GET',
    path: '/health',
    tag: 'about',
    summary: 'Whether the server is there',
    description: 'Looks at nothing else; `/services` says how the services are.',
    access: 'anybody',
    answer: {
      kind: 'json',
      description: 'It is',
      schema: z.object({ ok: z.literal(true) }),
    },
  }),
  defineSpec({
    method: 'GET',
    path: '/openapi.json',
    tag: 'about',
    summary: 'The OpenAPI document of this server',
    description: 'With the routes that plugins added.',
    access: 'anybody',
    answer: {
      kind: 'json',
      description: 'An OpenAPI 3.1 document',
      schema: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
    },
  }),
] as const;
