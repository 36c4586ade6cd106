import { createServer, request as requestFrom } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { sendSlowly } from './send-slowly.ts';

export interface RegistryRequest {
  method: string;
  /** Without the query: `/v2/app/manifests/1`. */
  path: string;
  /** What kind of thing is asked for. */
  kind: 'manifest' | 'blob' | 'other';
  /** The header as it came. */
  authorization: string | undefined;
}

/** What becomes of a request that is not simply forwarded. */
export type RegistryFault =
  | { status: number }
  /** The connection breaks after so many bytes of the answer's body; 0: without an answer. */
  | { cutAfter: number }
  /** The answer's body comes no faster. */
  | { bytesPerSecond: number }
  /** The answer's body stands still after so many bytes, until the promise settles. */
  | { stallAfter: number; until: Promise<unknown> };

export interface RegistryProxy {
  /** `127.0.0.1:PORT`, as images' names begin. */
  host: string;
  /** Every request since the start or the last reset, in order of arrival. */
  readonly requests: readonly RegistryRequest[];
  /** Pulls of images, known by their manifests asked for by tag. */
  pulls(): number;
  /** Forgets requests and lifts the fault. */
  reset(): void;
  /** Decides about each request from now on, instead of what decided before. */
  fault(decide: (request: RegistryRequest) => RegistryFault | undefined): void;
  /** Answers nobody any more; the port stays unused. */
  close(): Promise<void>;
}

/** Puts a proxy in front of a registry: it counts what is asked and breaks what a fault says. */
export async function startRegistryProxy(target: { port: number }): Promise<RegistryProxy> {
  const requests: RegistryRequest[] = [];
  let decide: (request: RegistryRequest) => RegistryFault | undefined = () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const asked = describe(request);
    requests.push(asked);
    forward(target, { request, response, fault: decide(asked) });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  // An engine tries TLS first.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    pulls: () =>
      requests.filter(({ kind, path }) => kind === 'manifest' && !path.includes('/sha256:')).length,
    reset() {
      requests.length = 0;
      decide = () => undefined;
    },
    fault: (next) => void (decide = next),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

interface Passage {
  request: IncomingMessage;
  response: ServerResponse;
  fault: RegistryFault | undefined;
}

function forward({ port }: { port: number }, { request, response, fault }: Passage): void {
  if (fault && 'status' in fault) {
    request.resume();
    response.writeHead(fault.status).end('{"errors":[{"code":"UNKNOWN"}]}');
    return;
  }
  if (fault && 'cutAfter' in fault && fault.cutAfter === 0) {
    request.socket.destroy();
    return;
  }
  const { method, url: path, rawHeaders: headers } = request;
  const upstream = requestFrom({ host: '127.0.0.1', port, method, path, headers, agent: false });
  upstream.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    if (fault) sendSlowly(answer, response, fault);
    else answer.pipe(response);
  });
  upstream.once('error', () => response.destroy());
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
}

function describe({ method = '', url = '', headers }: IncomingMessage): RegistryRequest {
  const { pathname: path } = new URL(url, 'http://registry');
  const kind = path.includes('/manifests/')
    ? 'manifest'
    : path.includes('/blobs/')
      ? 'blob'
      : 'other';
  return { method, path, kind, authorization: headers.authorization };
}
