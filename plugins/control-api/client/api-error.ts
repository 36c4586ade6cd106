import { DevServicesError, type ErrorInit } from 'devservices/machine';

/** Where a call went wrong. */
export interface FailedCall {
  method: string;
  /** As it was asked, without its query. */
  path: string;
  /** 0: there was no answer. */
  status: number;
  /** What came back: a problem (RFC 9457), or whatever it was. */
  body: unknown;
}

type Words = Pick<ErrorInit, 'code' | 'blame' | 'message' | 'hint' | 'cause'>;

/**
 * A call that was not answered with 2xx or 3xx. Its code is that of the problem that came back; without
 * one DS_API_STATUS, and where nothing came back DS_API_TIMEOUT or DS_API_UNREACHABLE.
 */
export class ApiError extends DevServicesError implements FailedCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;

  constructor(words: Words, { method, path, status, body }: FailedCall) {
    const { code, blame, message, hint, cause } = words;
    super({ code, blame, message, hint, cause, facts: { method, path, status } });
    this.method = method;
    this.path = path;
    this.status = status;
    this.body = body;
  }
}

/** An error of ours as that of a call; without a status: there was no answer. */
export function failedCall(
  error: DevServicesError,
  { method, path, status = 0, body }: Pick<FailedCall, 'method' | 'path'> & Partial<FailedCall>,
): ApiError {
  return new ApiError(error, { method, path, status, body });
}
