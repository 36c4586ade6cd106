import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { endpoints, service, taskReport } from './reports.ts';

export const name = z.object({
  name: z.string().min(1).max(128).describe('As the configuration has it'),
});

const body = z
  .strictObject({
    noDeps: z.boolean().optional().describe('Leaves out what it needs, or what follows it'),
  })
  .optional();

const access = { permission: 'services.write' };

const problems = {
  DS_SERVICE_UNKNOWN: 404,
  DS_CONFIG_INVALID: 400,
  DS_SERVICE_NOT_READY: 409,
  DS_SERVICE_EXITED: 409,
};

const actionNote =
  'Tasks of one server wait for one another, and for those of others. It goes on when whoever asked has left. Where it does not come to a good end, the problem holds all `errors`, and all `services` as an answer does.';

export const serviceSpecs = [
  defineSpec({
    method: 'GET',
    path: '/services',
    tag: 'services',
    summary: 'All services, as they are just now',
    description:
      'In the order of the configuration. Where that is broken, those that are there by their labels and records, and `warnings` says so.',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'The services',
      schema: z.object({
        services: z.array(service),
        warnings: z.array(z.string()).describe('What could not be looked at, and why'),
      }),
    },
    problems: { DS_CONFIG_INVALID: 400 },
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
  defineSpec({
    method: 'POST',
    path: '/services/{name}/start',
    tag: 'services',
    summary: 'Starts a service and what it needs, and waits until they are ready',
    description: `As \`devservices up NAME\` does. ${actionNote}`,
    access,
    params: name,
    body,
    answer: { kind: 'json', description: 'They are ready', schema: taskReport },
    problems,
  }),
  defineSpec({
    method: 'POST',
    path: '/services/{name}/stop',
    tag: 'services',
    summary: 'Stops a service and removes what runs of it; its data stays',
    description: `As \`devservices down NAME\` does. ${actionNote}`,
    access,
    params: name,
    answer: { kind: 'json', description: 'Nothing of it runs', schema: taskReport },
    problems: { DS_SERVICE_UNKNOWN: 404 },
  }),
  defineSpec({
    method: 'POST',
    path: '/services/{name}/restart',
    tag: 'services',
    summary:
      'Stops a service and starts it again, and who follows it, and waits until they are ready',
    description: `As \`devservices restart NAME\` does. ${actionNote}`,
    access,
    params: name,
    body,
    answer: { kind: 'json', description: 'They are ready', schema: taskReport },
    problems,
  }),
  defineSpec({
    method: 'GET',
    path: '/endpoints',
    tag: 'services',
    summary: 'Where the services that run are reached',
    access: 'known',
    answer: {
      kind: 'json',
      description: 'By service, then by port',
      schema: z.object({ endpoints: z.record(z.string(), endpoints) }),
    },
  }),
] as const;
