import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { name } from './services.ts';

const bytes = z.number().nonnegative();

const instanceStats = z
  .object({
    service: z.string(),
    id: z.string().describe('Another id is another instance: its counters begin anew'),
    runner: z.string().describe('Key of the run'),
    at: z.string().describe('ISO time'),
    cpuPercent: z
      .number()
      .nonnegative()
      .nullable()
      .describe('Of one core, since this server looked last, or over a quarter of a second'),
    cpuMs: z.number().nonnegative().describe('Since it began, over all cores'),
    memoryBytes: bytes.describe('Without caches of files'),
    memoryLimitBytes: bytes.nullable(),
    networkReceivedBytes: bytes.nullable(),
    networkSentBytes: bytes.nullable(),
    processes: z.int().nullable(),
  })
  .meta({ id: 'InstanceStats', description: 'What one instance of a service uses' });

const schema = z.object({ stats: z.array(instanceStats) });

export const statsSpecs = [
  defineSpec({
    method: 'GET',
    path: '/stats',
    tag: 'services',
    summary: 'CPU, memory and network of all services that run',
    description: 'Null stands for what cannot be told. Those that do not run are not in it.',
    access: 'known',
    answer: { kind: 'json', description: 'One row an instance', schema },
  }),
  defineSpec({
    method: 'GET',
    path: '/services/{name}/stats',
    tag: 'services',
    summary: 'CPU, memory and network of one service',
    access: 'known',
    params: name,
    answer: { kind: 'json', description: 'None where it does not run', schema },
    problems: { DS_SERVICE_UNKNOWN: 404 },
  }),
] as const;
