import { DevServicesError, isDevServicesError } from 'devservices/machine';

/** What was thrown, without secrets in what is told of it; the same where there are none. */
export function redactThrown(thrown: unknown, redact: (text: string) => string): unknown {
  if (thrown instanceof AggregateError) {
    const errors = thrown.errors.map((part) => redactThrown(part, redact));
    return new AggregateError(errors, redact(thrown.message));
  }
  if (!isDevServicesError(thrown)) return thrown;
  const { code, blame, facts, cause } = thrown;
  const [message, hint] = [redact(thrown.message), redact(thrown.hint)];
  if (message === thrown.message && hint === thrown.hint) return thrown;
  return new DevServicesError({ code, blame, facts, cause, message, hint });
}
