import type { Contracts } from 'devservices';
import { isDevServicesError, reasonOf } from 'devservices/machine';
import { dockerWorkstationErrors } from './errors.ts';

/** The client of the engine, as another plugin exposes it. */
export type Engine = Contracts['engine'];
export type Container = ReturnType<Engine['getContainer']>;

/**
 * One request, with its failure told as one of our errors. `doing` completes "The engine could not …";
 * answers of the `unless` statuses give undefined.
 *
 * Throws DS_WORKSTATION_ENGINE_FAILED, and the signal's reason.
 */
export async function askEngine<T>(
  asked: { doing: string; signal?: AbortSignal | undefined; unless?: readonly number[] },
  request: () => Promise<T>,
): Promise<T | undefined> {
  const { doing, signal, unless = [] } = asked;
  signal?.throwIfAborted();
  try {
    return await request();
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    if (isDevServicesError(thrown)) throw thrown;
    if (unless.includes(statusOf(thrown) ?? 0)) return undefined;
    const reason = sayingOf(thrown);
    throw dockerWorkstationErrors.create('DS_WORKSTATION_ENGINE_FAILED', { doing, reason }, thrown);
  }
}

/** The HTTP status of an engine's refusal, also when it is the cause; undefined for anything else. */
export function statusOf(thrown: unknown): number | undefined {
  const { statusCode, cause } = Object(thrown) as { statusCode?: unknown; cause?: unknown };
  if (typeof statusCode === 'number') return statusCode;
  return cause === undefined ? undefined : statusOf(cause);
}

/** What the engine itself said, as a sentence. */
export function sayingOf(thrown: unknown): string {
  const { json } = Object(thrown) as { json?: { message?: unknown } };
  const text = typeof json?.message === 'string' ? json.message.trim() : reasonOf(thrown);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Whether asking again may do: the connection broke, or the engine itself stumbled. */
export function isPassing(thrown: unknown): boolean {
  const status = statusOf(thrown);
  if (status !== undefined) return status >= 500;
  const { code, cause } = Object(thrown) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && broken.includes(code)) return true;
  return cause !== undefined && isPassing(cause);
}

const broken = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ESSH', 'ETIMEDOUT'];
