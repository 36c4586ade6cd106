import { randomBytes } from 'node:crypto';
import http, { type RequestListener, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from 'devservices/machine';
import { type Answer, createAnswer } from './answer.ts';
import { namesOf, resolveBind, shownHost } from './bind.ts';
import { refuseBroken } from './broken-request.ts';
import { malformed, type Refusal } from './guard.ts';
import { type Limits, usualLimits } from './limits.ts';
import { openPort } from './open-port.ts';
import type { OwnPlace } from './own-hosts.ts';
import type { ServedApp } from './served-app.ts';
import { loadTls, type Tls, type TlsFiles } from './tls.ts';
import { writeRawRefusal } from './write-refusal.ts';

export interface ListenRequest {
  app: ServedApp;
  clock: Clock;
  /** Default: any that is free. */
  port?: number | undefined;
  /** An IP address, or `localhost`; default 127.0.0.1. */
  host?: string | undefined;
  tls?: TlsFiles | undefined;
  /** Another address without TLS: it was said that this is meant. */
  insecure?: boolean | undefined;
  limits?: Partial<Limits> | undefined;
}

/** A server that listens. */
export interface HttpServer {
  readonly url: string;
  /** The owner's, of this server alone: in memory, and nowhere else. */
  readonly token: string;
  readonly port: number;
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  /** Tells streams, waits for what is under way, a while, and cuts the rest off. */
  close(): Promise<void>;
}

/**
 * Serves an app over HTTP. Throws DS_API_BIND_REFUSED, DS_API_ADDRESS_UNUSABLE, DS_API_PORT_TAKEN and
 * DS_API_TLS_UNUSABLE.
 */
export async function listen(request: ListenRequest): Promise<HttpServer> {
  const { app, clock } = request;
  const limits = { ...usualLimits, ...request.limits };
  const tls = loadTls(request.tls ?? {});
  const address = resolveBind({
    host: request.host,
    isTls: tls !== undefined,
    isInsecure: request.insecure === true,
  });
  const server = createServer(limits, tls);
  await openPort(server, { address, port: request.port ?? 0 });
  const { port } = server.address() as AddressInfo;
  const scheme = tls ? 'https' : 'http';
  const certified = tls?.names ?? [];
  const place: OwnPlace = { scheme, port, names: namesOf(address, certified) };
  const token = randomBytes(32).toString('base64url');
  const closing = new AbortController();
  const answer = createAnswer({ app, clock, limits, place, token, closing: closing.signal });
  attach(server, { app, answer, closing: closing.signal });

  let ended: Promise<void> | undefined;
  const closed = new Promise<void>((resolve) => void server.once('close', resolve));
  return {
    url: `${scheme}://${shownHost(address, certified)}:${port}`,
    token,
    port,
    closed,
    close: () => (ended ??= close(server, { clock, closing, closed, limits })),
  };
}

function createServer(limits: Limits, tls: Tls | undefined): Server {
  const options: http.ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
    // Ours says more, and tells.
    requireHostHeader: false,
  };
  const server = tls
    ? https.createServer({
        ...options,
        cert: tls.cert,
        key: tls.key,
        handshakeTimeout: limits.headersTimeoutMs,
      })
    : http.createServer(options);
  server.maxConnections = limits.maxConnections;
  // Node would leave out those beyond a limit of its own, and nobody would know.
  server.maxHeadersCount = 0;
  return server;
}

function attach(
  server: Server,
  { app, answer, closing }: { app: ServedApp; answer: Answer; closing: AbortSignal },
): void {
  const answering = new WeakMap<Socket, Set<ServerResponse>>();
  const follow =
    (toAnswer: RequestListener): RequestListener =>
    (incoming, outgoing) => {
      const { socket } = incoming;
      const all = answering.get(socket) ?? new Set();
      answering.set(socket, all.add(outgoing));
      outgoing.once('close', () => {
        all.delete(outgoing);
        if (closing.aborted) server.closeIdleConnections();
      });
      toAnswer(incoming, outgoing);
    };
  const refuse = (socket: Socket, refusal: Refusal | undefined): void => {
    const hasBegun = [...(answering.get(socket) ?? [])].some(({ headersSent }) => headersSent);
    // What stands in the middle of another answer would be read as a part of it.
    if (!refusal || hasBegun) return void socket.destroy();
    const { status, error } = refusal;
    app.audit({ method: '-', path: '-', status, by: 'anonymous', elapsedMs: 0, code: error.code });
    writeRawRefusal(socket, refusal);
  };
  server.on(
    'request',
    follow((incoming, outgoing) => void answer(incoming, outgoing)),
  );
  server.on(
    'checkContinue',
    follow((incoming, outgoing) => void answer(incoming, outgoing, () => outgoing.writeContinue())),
  );
  server.on(
    'checkExpectation',
    follow((incoming, outgoing) => void answer(incoming, outgoing)),
  );
  server.on('clientError', (error, socket) => {
    refuse(socket as Socket, refuseBroken(error, socket as Socket));
  });
  server.on('connect', (_, socket) => {
    refuse(socket as Socket, malformed(501, 'it asks for a tunnel'));
  });
  server.on('drop', () => {
    app.audit({
      method: '-',
      path: '-',
      status: 503,
      by: 'anonymous',
      elapsedMs: 0,
      code: 'DS_API_TOO_MANY',
    });
  });
  server.on('error', (error) => app.log.error(`The server: ${error.message}`));
}

async function close(
  server: Server,
  {
    clock,
    closing,
    closed,
    limits,
  }: { clock: Clock; closing: AbortController; closed: Promise<void>; limits: Limits },
): Promise<void> {
  closing.abort();
  server.close();
  const over = new AbortController();
  const waited = clock.sleep(limits.closeTimeoutMs, over.signal).catch(() => {});
  await Promise.race([closed, waited]);
  over.abort();
  server.closeAllConnections();
  await closed;
}
