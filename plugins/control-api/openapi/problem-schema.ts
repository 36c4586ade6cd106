import { z } from 'devservices';

/** What every answer is that is not a good one: RFC 9457, with our codes. */
export const problem = z
  .looseObject({
    type: z.string().describe('`urn:devservices:error:` and the code'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened, and why'),
    code: z.string().regex(/^DS_[A-Z_]+$/),
    hint: z.string().describe('What to do next'),
    problems: z
      .array(z.looseObject({ path: z.string(), expected: z.string() }))
      .optional()
      .describe('Each value that does not fit'),
    errors: z
      .array(z.looseObject({ code: z.string(), message: z.string(), hint: z.string() }))
      .optional()
      .describe('Where several things went wrong: each'),
    services: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Of a task that came to no good end: what it did with each service'),
  })
  .meta({ id: 'Problem', description: 'Why it was not done, as RFC 9457 has it' });
