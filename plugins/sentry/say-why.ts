import { isDevServicesError, reasonOf } from 'devservices/machine';
import type { Logger } from 'devservices/runner';

/** Warns that nobody is told, and says what to do about it. */
export function sayWhy(log: Pick<Logger, 'warn'>, thrown: unknown): void {
  const hint = isDevServicesError(thrown) ? ` ${thrown.hint}` : '';
  log.warn(`${reasonOf(thrown)}${hint}`);
}
