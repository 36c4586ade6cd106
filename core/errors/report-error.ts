import type { ReportedError } from '../events.ts';
import type { DevServicesError } from './error.ts';
import { stackFrames } from './stack-frames.ts';

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
    ...whereOf(error),
  };
}

// Of what somebody has to mend in code; elsewhere it says nothing to anybody.
function whereOf(error: DevServicesError): Pick<ReportedError, 'plugin' | 'frames'> {
  if (error.blame !== 'plugin' && error.blame !== 'bug') return {};
  const plugin = error.facts['plugin'];
  const frames = stackFrames(error);
  return {
    ...(typeof plugin === 'string' ? { plugin } : {}),
    ...(frames.length === 0 ? {} : { frames }),
  };
}
