import { STATUS_CODES } from 'node:http';
import { type DevServicesError, isDevServicesError } from 'devservices/machine';
import { ApiError } from '../client/api-error.ts';
import { apiErrors } from '../errors.ts';
import type { ValueProblem } from '../errors/call-errors.ts';
import { statusOf } from './statuses.ts';

/** RFC 9457, with our codes. */
export interface Problem extends ProblemFacts {
  type: `urn:devservices:error:${string}`;
  title: string;
  status: number;
  /** What happened, and why. */
  detail: string;
  code: string;
  hint: string;
  problems?: readonly ValueProblem[];
}

/** What a problem may tell besides. */
export interface ProblemFacts {
  errors?: readonly unknown[];
  services?: Readonly<Record<string, unknown>>;
}

interface Extras extends ProblemFacts {
  status?: number;
}

// An error's own facts are for whoever reads its message: what is told over HTTP is said on purpose.
const extrasOf = new WeakMap<DevServicesError, Extras>();

/**
 * The same error, told with a status and facts that are not in its message.
 *
 * @example throw withProblem(error, { status: 409, errors, services });
 */
export function withProblem(error: DevServicesError, extras: Extras): DevServicesError {
  extrasOf.set(error, extras);
  return error;
}

/** How something thrown is told to whoever made the call `key`; a value that is no error of ours is not told. */
export function problemOf(
  thrown: unknown,
  { key, statuses = {} }: { key: string; statuses?: Readonly<Record<string, number>> | undefined },
): Problem {
  const errors = errorsIn(thrown);
  const error = errors[0] ?? apiErrors.create('DS_API_BROKE', { key });
  const { code, message, hint } = error;
  const { status: given, ...facts } = extrasOf.get(error) ?? {};
  const status = given ?? statuses[code] ?? passedOn(error) ?? statusOf(error);
  return {
    type: `urn:devservices:error:${code}`,
    title: titles[code]?.title ?? STATUS_CODES[status] ?? code,
    status,
    detail: message,
    code,
    hint,
    ...(code === 'DS_API_INVALID' && {
      problems: error.facts['problems'] as readonly ValueProblem[],
    }),
    ...(errors.length > 1 && { errors: errors.map(reported) }),
    ...facts,
  };
}

/** The answer that a problem is. */
export function toResponse(
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...headers,
    },
  });
}

const titles = apiErrors.entries as Readonly<Record<string, { title: string } | undefined>>;

/** Those of ours in it, all or none: of several that were gathered, each. */
function errorsIn(thrown: unknown): readonly DevServicesError[] {
  if (isDevServicesError(thrown)) return [thrown];
  if (!(thrown instanceof AggregateError)) return [];
  const parts = thrown.errors.map(errorsIn);
  return parts.some((part) => part.length === 0) ? [] : parts.flat();
}

/** What a call within this one came to is what this one comes to, where nobody caught it. */
function passedOn(error: DevServicesError): number | undefined {
  return error instanceof ApiError && error.status >= 400 ? error.status : undefined;
}

function reported({ code, blame, message, hint }: DevServicesError) {
  return { code, blame, message, hint };
}
