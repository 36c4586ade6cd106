import type { DevServicesError } from 'devservices';
import { dockerErrors } from '../errors.ts';

/** Refuses a field of the service at hand: `refuse('volumes', 'holds …, which …')`. */
export type Refuse = (field: string, problem: string) => DevServicesError;

/** Makes the errors of one service's fields. */
export function createRefusal(service: string): Refuse {
  return (field, problem) =>
    dockerErrors.create('DS_DOCKER_FIELD_INVALID', { service, field, problem });
}
