import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';

const name = z.object({ name: z.string().min(1).max(128) });

export const reason = z.object({ code: z.string(), text: z.string() });

export const endpoints = z.record(z.string(), z.object({ host: z.string(), port: z.int() }));

export const serviceStates = [
  'pending',
  'pulling',
  'starting',
  'running',
  'ready',
  'unhealthy',
  'failed',
  'completed',
  'skipped',
  'stopped',
] as const;

/** A service as it is just now. */
export const service = z.object({
  name: z.string(),
  state: z.enum(serviceStates),
  /** Key of the run: `docker`, `process`; empty where nothing of it is there. */
  runner: z.string(),
  reason,
  endpoints,
});

export const serviceSpecs = [
  defineSpec({
    method: 'GET',
    path: '/services',
    tag: 'services',
    summary: 'All services, as they are just now',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'In the order of the configuration',
      schema: z.object({ services: z.array(service) }),
    },
  }),
  defineSpec({
    method: 'GET',
    path: '/services/{name}',
    tag: 'services',
    summary: 'One service, as it is just now',
    access: 'known',
    params: name,
    answer: { kind: 'json', description: 'The service', schema: service },
    problems: { DS_SERVICE_UNKNOWN: 404 },
  }),
] as const;
