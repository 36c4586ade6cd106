import { type ErrorInit, reasonOf } from 'devservices/machine';
import type { ApiResponse } from '../client.ts';
import { apiErrors } from '../errors.ts';
import { ApiError, type FailedCall, failedCall } from './api-error.ts';

type Failed = Pick<FailedCall, 'method' | 'path'>;

/** What came back, read to its end. Throws an ApiError unless it is 2xx or 3xx. */
export async function readAnswer(response: Response, failed: Failed): Promise<ApiResponse> {
  const { status, headers } = response;
  if (!isGood(response)) throw await readProblem(response, failed);
  const text = await readText(response, failed);
  if (status === 204 || status === 304) return { status, headers, body: undefined };
  if (!isJson(response)) return { status, headers, body: text };
  try {
    return { status, headers, body: JSON.parse(text) as unknown };
  } catch (thrown) {
    throw unreadable(response, failed, thrown);
  }
}

/** Whether a status is one of those that are not thrown. */
export function isGood({ status }: Pick<Response, 'status'>): boolean {
  return status >= 200 && status < 400;
}

/** The error that an answer is. */
export async function readProblem(response: Response, failed: Failed): Promise<ApiError> {
  const { status } = response;
  const text = await readText(response, failed);
  const body = isJson(response) ? parsed(text) : text;
  const { code, detail, hint } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const usual = apiErrors.create('DS_API_STATUS', { key: keyOf(failed), status });
  if (typeof code !== 'string' || !/^DS_[A-Z0-9_]+$/.test(code)) {
    return failedCall(usual, { ...failed, status, body });
  }
  const words = {
    code: code as ErrorInit['code'],
    blame: blameOf(status),
    message: typeof detail === 'string' ? detail : usual.message,
    hint: typeof hint === 'string' ? hint : usual.hint,
  };
  return new ApiError(words, { ...failed, status, body });
}

async function readText(response: Response, failed: Failed): Promise<string> {
  try {
    return await response.text();
  } catch (thrown) {
    throw unreadable(response, failed, thrown);
  }
}

function unreadable({ status }: Response, failed: Failed, thrown: unknown): ApiError {
  const facts = { key: keyOf(failed), status, reason: reasonOf(thrown) };
  const error = apiErrors.create('DS_API_ANSWER_UNREADABLE', facts, thrown);
  return failedCall(error, { ...failed, status });
}

// What is thrown already has a status: a text that is no JSON is told as the text that it is.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isJson({ headers }: Response): boolean {
  return /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(headers.get('content-type') ?? '');
}

function blameOf(status: number): ErrorInit['blame'] {
  if (status === 409) return 'outcome';
  if (status < 500) return 'user';
  if (status === 500) return 'bug';
  return status === 502 || status === 508 ? 'plugin' : 'environment';
}

const keyOf = ({ method, path }: Failed): string => `${method} ${path}`;
