import type { z } from 'zod';

/** One option of a project: what it may be, its default, and the names it had before. */
export interface Setting {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly default?: unknown;
  /** Missing is an error of `initialize`, all of them at once. */
  readonly required?: boolean;
  /** Earlier names, and `$NAME` for earlier variables: taken over with a warning. */
  readonly legacy?: readonly string[];
}

/** Settings by dotted key: `log.level`. */
export type Settings = Readonly<Record<string, Setting>>;
