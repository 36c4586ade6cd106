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
  if (typeof thrown === 'string') return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    // A ring or a BigInt: what cannot be written as JSON has a name at least.
    return String(thrown);
  }
}

/** Every error of ours in a thrown value: an AggregateError is its parts, at any depth. */
export function asErrors(thrown: unknown): DevServicesError[] {
  if (thrown instanceof AggregateError) return thrown.errors.flatMap((part) => asErrors(part));
  return [asError(thrown)];
}

/** Throws one error as it is, several as an AggregateError, none not at all. */
export function throwAll(errors: readonly DevServicesError[]): void {
  if (errors.length === 1) throw errors[0] as DevServicesError;
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} problems`);
}
