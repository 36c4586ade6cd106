import { z } from 'devservices';

export const dockerOptions = z
  .strictObject({
    engine: z
      .string()
      .describe(
        'unix://, tcp://, http://, https://, ssh:// or workstation:// address of the engine; --engine wins over it',
      )
      .optional(),
  })
  .default({});
