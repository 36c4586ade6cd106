import { z } from 'devservices';
import { usualLimits } from './server/limits.ts';

const rate = (description: string) =>
  z
    .strictObject({ perSecond: z.number().positive(), burst: z.int().positive() })
    .describe(description);

export const controlApiOptions = z
  .strictObject({
    port: z.int().min(0).max(65535).describe('Where `serve` listens; default: any port').optional(),
    maxBodyBytes: z
      .int()
      .positive()
      .max(16 * 1024 * 1024)
      .describe('What is read of the body of a request')
      .default(usualLimits.maxBodyBytes),
    rate: z
      .strictObject({
        reads: rate('Of each token, reads').default(usualLimits.reads),
        writes: rate('Of each token, calls that change something').default(usualLimits.writes),
      })
      .prefault({}),
  })
  .prefault({});
