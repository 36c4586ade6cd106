import { request, type IncomingMessage } from 'node:http';
import { type DevServicesError, reasonOf } from 'devservices/machine';
import { rebuildError } from './rebuild-error.ts';
import { processErrors } from '../errors.ts';
import type { SupervisorFile } from '../supervisor/protocol.ts';

/** Where a supervisor is asked, and by what right. */
export type SupervisorAddress = Pick<SupervisorFile, 'socket' | 'token'>;

/**
 * Asks a supervisor and resolves with its answer's body. Throws what it answered as a failure, and
 * DS_PROCESS_SUPERVISOR_LOST where it went away.
 */
export async function askSupervisor(
  address: SupervisorAddress,
  { path, body, signal }: { path: string; body: unknown; signal?: AbortSignal | undefined },
): Promise<unknown> {
  const response = await openRequest(address, { method: 'POST', path, body, signal });
  const text = await readBody(response);
  const answer = parse(text);
  if (response.statusCode === 200) return answer;
  throw failureOf(answer, response.statusCode ?? 0);
}

/** Sends a request and resolves when the answer begins. */
export function openRequest(
  { socket, token }: SupervisorAddress,
  call: { method: 'GET' | 'POST'; path: string; body?: unknown; signal?: AbortSignal | undefined },
): Promise<IncomingMessage> {
  const text = call.body === undefined ? '' : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const sent = request({
      socketPath: socket,
      path: call.path,
      method: call.method,
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(text) },
      ...(call.signal ? { signal: call.signal } : {}),
    });
    sent.on('response', resolve);
    sent.on('error', (error) => {
      reject(call.signal?.aborted ? (call.signal.reason as Error) : lost(error));
    });
    sent.end(text);
  });
}

/** What an answer that is no success says. */
export function failureOf(answer: unknown, status: number): DevServicesError {
  return rebuildError(answer) ?? lost(new Error(`it answered with status ${status}`));
}

export function lost(error: unknown): DevServicesError {
  return processErrors.create('DS_PROCESS_SUPERVISOR_LOST', { reason: reasonOf(error) }, error);
}

async function readBody(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const part of response.setEncoding('utf8')) text += part as string;
  } catch (error) {
    throw lost(error);
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
