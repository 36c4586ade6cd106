import { z } from 'devservices';

export const reason = z
  .object({ code: z.string(), text: z.string() })
  .meta({ id: 'Reason', description: 'Why it is so: a code for programs, a text for people' });

/** By port, where it is reached from the server's machine. */
export const endpoints = z
  .record(z.string(), z.object({ host: z.string(), port: z.int() }))
  .meta({ id: 'Endpoints', description: 'By port: where it is reached from the machine itself' });

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
export const service = z
  .object({
    name: z.string(),
    state: z.enum(serviceStates),
    runner: z
      .string()
      .describe('Key of the run: `docker`, `process`; empty where nothing of it is there'),
    reason,
    endpoints,
  })
  .meta({ id: 'Service', description: 'A service as it is just now' });

const reportedError = z
  .object({
    code: z.string(),
    blame: z.enum(['outcome', 'user', 'environment', 'plugin', 'bug']),
    message: z.string(),
    hint: z.string(),
    exitCode: z.int().optional(),
    lastProbe: z.string().optional().describe('What the last look at its readiness said'),
    logs: z.array(z.string()).optional().describe('The last lines of its log'),
    plugin: z.string().optional().describe('Whose code it was'),
    frames: z.array(z.string()).optional().describe('Where in the code, innermost first'),
  })
  .meta({ id: 'ReportedError', description: 'What went wrong, and what to do about it' });

const serviceReport = z
  .object({
    state: z.enum(serviceStates),
    action: z.enum([
      'created',
      'recreated',
      'started',
      'stopped',
      'unchanged',
      'removed',
      'skipped',
      'failed',
    ]),
    reason,
    runner: z.string(),
    elapsedMs: z.number(),
    endpoints,
    data: z.array(z.string()).optional().describe('Data of it that was removed, by name'),
    error: reportedError.optional(),
  })
  .meta({ id: 'ServiceReport', description: 'What a task did with a service' });

/** What a task that came to a good end did. */
export const taskReport = z
  .object({
    ok: z.literal(true),
    task: z.enum(['up', 'down', 'restart']),
    elapsedMs: z.number(),
    services: z.record(z.string(), serviceReport),
  })
  .meta({ id: 'TaskReport', description: 'What a task did' });
