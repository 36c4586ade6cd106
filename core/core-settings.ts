import { z } from 'zod';
import type { Settings } from './settings.ts';

/** The options that core itself reads; `initialize` sets the log up from them. */
export const coreSettings: Settings = {
  'log.level': {
    description: 'The least important lines that are shown.',
    schema: z.preprocess(
      (value) =>
        typeof value === 'string' ? (oldLevels[value.toLowerCase()] ?? value.toLowerCase()) : value,
      z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    ),
    default: 'info',
    legacy: ['logging.level', '$SENTRY_LOG_LEVEL'],
  },
  'log.format': {
    description: 'Lines for people, or one JSON object a line for machines.',
    schema: z.preprocess(
      (value) => (value === 'machine' ? 'json' : value),
      z.enum(['human', 'json']),
    ),
    default: 'human',
    legacy: ['system.logging-format', '$SENTRY_LOG_FORMAT'],
  },
};

// The names of Python's levels, which the legacy variable takes.
const oldLevels: Readonly<Record<string, string>> = {
  warning: 'warn',
  critical: 'error',
  fatal: 'error',
};
