import type { DevServicesError } from 'devservices/machine';
import { processErrors } from '../errors.ts';

/** Refuses a field of the service at hand: `refuse('cwd', 'names …, which …')`. */
export type Refuse = (field: string, problem: string) => DevServicesError;

/** Makes the errors of one service's fields. */
export function createRefusal(service: string): Refuse {
  return (field, problem) =>
    processErrors.create('DS_PROCESS_FIELD_INVALID', { service, field, problem });
}
