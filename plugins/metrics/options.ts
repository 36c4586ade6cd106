import { z } from 'devservices';
import type { MemorySink } from './memory-sink.ts';

const statsd = z.strictObject({
  host: z.string().min(1).max(253).default('127.0.0.1').describe('Name or address, IPv6 too'),
  port: z.int().min(1).max(65_535).default(8125),
  dialect: z
    .enum(['dogstatsd', 'statsd'])
    .default('dogstatsd')
    .describe('Whether it takes tags; plain StatsD gets them as part of the name'),
  maxBytes: z
    .int()
    .min(512)
    .max(65_507)
    .default(1432)
    .describe('Of a datagram; one that is larger than the network takes is lost'),
});

export const metricsOptions = z
  .strictObject({
    prefix: z
      .string()
      .regex(/^(?:[a-zA-Z][\w.-]{0,63})?$/, 'Letters, digits and ._- alone, a letter first')
      .default('devservices.')
      .describe('Before every key that is sent or logged'),
    tags: z
      .record(
        z.string().regex(/^[a-zA-Z][\w.-]{0,63}$/),
        z.union([z.string(), z.number(), z.boolean()]),
      )
      .default({})
      .describe('Of everything that is measured'),
    statsd: statsd.optional().describe('Where to send it; without it nothing is sent'),
    log: z
      .union([z.literal(true), z.strictObject({ level: z.enum(['debug', 'info']) })])
      .optional()
      .describe('One line each time; true: at `debug`, as --verbose shows it'),
    memory: z
      .custom<MemorySink>(
        (value) =>
          typeof value === 'object' &&
          value !== null &&
          'send' in value &&
          typeof value.send === 'function',
        'What createMemorySink() gives',
      )
      .optional()
      .describe('For tests: what createMemorySink() gives'),
    prometheus: z.boolean().default(true).describe('Whether the control API tells of it'),
  })
  .prefault({});

export type MetricsOptions = z.output<typeof metricsOptions>;
export type StatsdOptions = z.output<typeof statsd>;
