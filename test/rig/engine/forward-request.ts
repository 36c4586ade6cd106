import { request as requestFrom, STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** Passes one request on to the socket `target`, and its answer back as it arrives. */
export function forwardRequest(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method, url: path, rawHeaders: headers } = request;
  // Without an agent: a pooled connection to an engine that was restarted would break for no reason.
  const upstream = requestFrom({ socketPath: target, method, path, headers, agent: false });
  upstream.on('response', (answer) => {
    // An answer that only the end of the connection ends stays one.
    response.useChunkedEncodingByDefault = false;
    response.sendDate = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    response.flushHeaders();
    answer.pipe(response);
    answer.once('error', () => response.destroy());
  });
  upstream.once('error', () => response.destroy());
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** Passes on a request that takes the connection over (attach, exec): from here on bytes are bytes. */
export function forwardUpgrade(upgrade: {
  target: string;
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}): void {
  const { target, request, socket, head } = upgrade;
  // Half-open: a client that has sent all its input still reads the output.
  const upstream = connect({ path: target, allowHalfOpen: true });
  upstream.write(writeRequestHead(request));
  upstream.write(head);
  upstream.once('data', (first) => {
    socket.write(withoutReuse(first));
    upstream.pipe(socket);
  });
  socket.pipe(upstream);
  upstream.once('error', () => socket.destroy()).once('close', () => socket.destroy());
  socket.once('error', () => upstream.destroy()).once('close', () => upstream.destroy());
}

/** Answers on the bare connection and ends it. */
export function writeAnswer(socket: Duplex, answer: { status: number; body: unknown }): void {
  const isText = typeof answer.body === 'string';
  const body = Buffer.from(isText ? String(answer.body) : JSON.stringify(answer.body ?? null));
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Unknown'}`,
    `Content-Type: ${isText ? 'text/plain' : 'application/json'}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.end(body);
}

function writeRequestHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A refused upgrade must not leave the client with a connection on which nobody counts requests. */
function withoutReuse(first: Buffer): Buffer {
  const text = first.toString('latin1');
  if (!/^HTTP\/1\.1 [45]/.test(text)) return first;
  return Buffer.from(text.replace('\r\n', '\r\nConnection: close\r\n'), 'latin1');
}
