import { bugErrors } from './catalogue/bug.ts';
import { type DevServicesError, isDevServicesError } from './error.ts';

/** Turns any thrown value into one of ours: what we did not foresee is a bug of ours, with its cause. */
export function asError(thrown: unknown): DevServicesError {
  if (isDevServicesError(thrown)) return thrown;
  return bugErrors.create('DS_BUG_UNEXPECTED', { reason: reasonOf(thrown) }, thrown);
}

/** The short text of any thrown value. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
}
