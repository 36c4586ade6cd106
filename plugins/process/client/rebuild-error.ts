import { DevServicesError, type ErrorInit, parseObject } from 'devservices/machine';

/** An error as the supervisor writes it into an answer. */
export interface WrittenError {
  error: Pick<ErrorInit, 'code' | 'blame' | 'message' | 'hint' | 'facts'>;
}

/** The error that an answer holds, as if it had been thrown here; undefined where it holds none. */
export function rebuildError(answer: unknown): DevServicesError | undefined {
  const { error } = (answer ?? {}) as Partial<WrittenError>;
  if (typeof error?.code !== 'string' || typeof error.message !== 'string') return undefined;
  return new DevServicesError(error);
}

/** How an error is written into an answer. */
export function writeError(error: DevServicesError): WrittenError {
  const { code, blame, message, hint, facts } = error;
  return { error: { code, blame, message, hint, facts: plainFacts(facts) } };
}

// Facts are JSON where errors of ours are well made: one that is not must not hide the error.
function plainFacts(facts: DevServicesError['facts']): DevServicesError['facts'] {
  try {
    return parseObject(JSON.stringify(facts)) ?? {};
  } catch {
    return {};
  }
}
