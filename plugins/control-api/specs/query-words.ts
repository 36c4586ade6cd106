import { z } from 'devservices';

/** A flag of a query: `true` or `false`, as a text or not. */
export const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
) as unknown as z.ZodType<boolean, boolean>;

/** A word of a query that may be given again: `?services=db&services=web`. */
export const words = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().min(1).max(128)).max(100),
) as unknown as z.ZodType<string[], readonly string[]>;
