import { isDevServicesError } from 'devservices';
import type { ApiError } from '../../../plugins/control-api/index.ts';

/** What a call came to that was not answered as it should be; of whichever copy of the package. */
export async function errorOf(call: Promise<unknown>): Promise<ApiError> {
  const thrown: unknown = await call.then(
    (answer) => new Error(`it did not throw, but gave ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (isDevServicesError(thrown) && 'status' in thrown && 'body' in thrown) {
    return thrown as ApiError;
  }
  throw thrown;
}

let count = 0;

/** A name that nothing else has. */
export const unique = (name: string): string => `${name}-${process.pid}-${++count}`;
