import type { Json, ProgramContext } from 'devservices/runner';

import { embeddedErrors } from '../errors.ts';

/** Throws DS_EMBEDDED_OPTION_INVALID for an option that the program has not. */
export function assertOptions(
  { service, options }: ProgramContext,
  known: readonly string[],
): void {
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    const has = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
    throw invalid(service, option, `is not known: ${has}`);
  }
}

/** A text of the options that fits, or what stands for none. Throws DS_EMBEDDED_OPTION_INVALID. */
export function readText<Default extends string | undefined>(
  { service, options }: ProgramContext,
  option: string,
  { fits, says, or }: { fits: RegExp; says: string; or: Default },
): string | Default {
  const value = options[option];
  if (value === undefined || value === null) return or;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && fits.test(text)) return text;
  throw invalid(service, option, `is ${show(value)}; it is to be ${says}`);
}

export function invalid(service: string, option: string, problem: string) {
  return embeddedErrors.create('DS_EMBEDDED_OPTION_INVALID', { service, option, problem });
}

const show = (value: Json): string => JSON.stringify(value).slice(0, 80);
