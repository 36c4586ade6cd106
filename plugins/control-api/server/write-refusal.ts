import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemOf, toResponse as toProblemResponse } from '../app/problem.ts';
import { addHeaders } from '../app/security-headers.ts';
import type { Refusal } from './guard.ts';

/** Answers with the problem that a refusal is, and lets that be the connection's last one; the rest may end it. */
export function writeRefusal(outgoing: ServerResponse, refusal: Refusal): void {
  const { headers, body } = describe(refusal);
  outgoing.writeHead(refusal.status, headers);
  outgoing.write(body);
}

/** The same where Node has made no response, as of what could not be read; ends the connection. */
export function writeRawRefusal(socket: Socket, refusal: Refusal): void {
  const { headers, body } = describe(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`;
  socket.end([status, ...lines, '', body].join('\r\n'), () => socket.destroy());
}

/** A refusal as a response of `fetch`. */
export function toResponse({ status, error, headers }: Refusal): Response {
  const problem = problemOf(error, { key: 'a request', statuses: { [error.code]: status } });
  return addHeaders(toProblemResponse(problem, headers));
}

function describe(refusal: Refusal): { headers: Record<string, string>; body: string } {
  const { error, status } = refusal;
  const body = JSON.stringify(
    problemOf(error, { key: 'a request', statuses: { [error.code]: status } }),
  );
  const headers = {
    ...Object.fromEntries(toResponse(refusal).headers),
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  return { headers, body };
}
