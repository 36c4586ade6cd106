import { z } from 'devservices';

export const dockerOptions = z
  .strictObject({
    engine: z
      .string()
      .describe('unix://, tcp://, http:// or https:// address of the engine; --engine wins over it')
      .optional(),
  })
  .default({});
