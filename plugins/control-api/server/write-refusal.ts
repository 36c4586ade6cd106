import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { apiErrors } from '../errors.ts';
import type { Refusal } from './guard.ts';

/** Headers of every answer that holds nothing to be shown. */
const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'content-type': 'application/problem+json',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Answers with the problem that a refusal is, and lets that be the connection's last one. */
export function writeRefusal(outgoing: ServerResponse, refusal: Refusal): void {
  const body = describe(refusal);
  outgoing.writeHead(refusal.status, {
    ...headers,
    ...refusal.headers,
    connection: 'close',
    'content-length': Buffer.byteLength(body),
  });
  outgoing.write(body);
}

/** The same where Node has made no response, as of what could not be read; ends the connection. */
export function writeRawRefusal(socket: Socket, refusal: Refusal): void {
  const body = describe(refusal);
  const lines = Object.entries({
    ...headers,
    ...refusal.headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`;
  socket.end([status, ...lines, '', body].join('\r\n'), () => socket.destroy());
}

/** A refusal as a response of `fetch`. */
export function toResponse(refusal: Refusal): Response {
  return new Response(describe(refusal), {
    status: refusal.status,
    headers: { ...headers, ...refusal.headers },
  });
}

function describe({ status, error }: Refusal): string {
  const { code, message, hint } = error;
  const { title } = (apiErrors.entries as Record<string, { title: string } | undefined>)[code] ?? {
    title: STATUS_CODES[status],
  };
  return JSON.stringify({
    type: `urn:devservices:error:${code}`,
    title,
    status,
    detail: message,
    code,
    hint,
  });
}
