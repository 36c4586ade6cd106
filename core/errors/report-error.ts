import type { ReportedError } from '../events.ts';
import type { DevServicesError } from './error.ts';

/** An error as programs read it; facts that a service's failure gathered come along. */
export function reportError(error: DevServicesError): ReportedError {
  const { exitCode, lastProbe, logs } = error.facts as Partial<ReportedError>;
  return {
    code: error.code,
    blame: error.blame,
    message: error.message,
    hint: error.hint,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(lastProbe === undefined ? {} : { lastProbe }),
    ...(logs === undefined ? {} : { logs }),
  };
}
