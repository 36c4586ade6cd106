import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

import { forwardRequest, forwardUpgrade, writeAnswer } from './engine/forward-request.ts';

export interface EngineRequest {
  method: string;
  /** Without the API version: `/containers/json`. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What becomes of a request that is not simply forwarded. */
export type Fault =
  /** Answered here; a body that is no string goes out as JSON. */
  | { status: number; body: unknown }
  /** Never answered. */
  | 'hang'
  /** The connection breaks without an answer. */
  | 'reset'
  /** Forwarded when the promise settles. */
  | { delayUntil: Promise<unknown> };

export interface EngineProxy {
  /** `unix:///…` of the proxy's own socket. */
  url: string;
  socketPath: string;
  /** Every request since the start or the last reset, in order of arrival. */
  readonly requests: readonly EngineRequest[];
  /** Forgets requests and lifts all faults. */
  reset(): void;
  /** Asks `decide` for each request, the one given last first; returns what lifts it. */
  fault(decide: (request: EngineRequest) => Fault | undefined): () => void;
  /** Resolves with the first request that matches, one that came already included. */
  seen(matches: (request: EngineRequest) => boolean): Promise<EngineRequest>;
  /** Breaks every open connection, streams of events and logs included, as a dying engine does. */
  breakConnections(): void;
  close(): Promise<void>;
}

/**
 * Puts a proxy with a socket of its own in front of an engine's unix socket: it counts what is asked
 * and answers otherwise where a fault says so.
 *
 * @example const proxy = await startEngineProxy({ target: engine.socketPath });
 */
export async function startEngineProxy({ target }: { target: string }): Promise<EngineProxy> {
  const folder = await createShortFolder();
  const socketPath = join(folder, 'engine.sock');
  const desk = createDesk();
  const open = new Set<Duplex>();
  const server = createServer((request, response) => {
    desk.receive(request, request.socket, () => forwardRequest(target, request, response));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    desk.receive(request, socket, () => forwardUpgrade({ target, request, socket, head }));
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  });
  // Streams of events and logs are silent for as long as they like.
  Object.assign(server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketPath, resolve);
  });
  const breakConnections = (): void => open.forEach((socket) => socket.destroy());
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    breakConnections();
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  return { ...desk.open, url: `unix://${socketPath}`, socketPath, breakConnections, close };
}

interface Desk {
  /** Notes the request and forwards it, unless a fault says otherwise. */
  receive(request: IncomingMessage, socket: Duplex, forward: () => void): void;
  open: Pick<EngineProxy, 'requests' | 'reset' | 'fault' | 'seen'>;
}

function createDesk(): Desk {
  const requests: EngineRequest[] = [];
  const deciders: ((request: EngineRequest) => Fault | undefined)[] = [];
  const waiting = new Set<(request: EngineRequest) => void>();

  const receive: Desk['receive'] = (request, socket, forward) => {
    const asked = describe(request);
    requests.push(asked);
    waiting.forEach((look) => look(asked));
    for (const decide of deciders.toReversed()) {
      const fault = decide(asked);
      if (fault !== undefined) return applyFault(fault, socket, forward);
    }
    return forward();
  };
  const reset = (): void => {
    requests.length = 0;
    deciders.length = 0;
  };
  const fault: EngineProxy['fault'] = (decide) => {
    deciders.push(decide);
    return () => void (deciders.includes(decide) && deciders.splice(deciders.indexOf(decide), 1));
  };
  const seen: EngineProxy['seen'] = (matches) => {
    const before = requests.find(matches);
    if (before) return Promise.resolve(before);
    return new Promise((resolve) => {
      const look = (asked: EngineRequest): void => {
        if (!matches(asked)) return;
        waiting.delete(look);
        resolve(asked);
      };
      waiting.add(look);
    });
  };
  return { receive, open: { requests, reset, fault, seen } };
}

function applyFault(fault: Fault, socket: Duplex, forward: () => void): void {
  if (fault === 'hang') return;
  if (fault === 'reset') {
    socket.destroy();
    return;
  }
  if ('status' in fault) {
    writeAnswer(socket, fault);
    return;
  }
  const goOn = (): void => {
    if (!socket.destroyed) forward();
  };
  fault.delayUntil.then(goOn, goOn);
}

function describe(request: IncomingMessage): EngineRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine');
  const path = pathname.replace(/^\/v\d+\.\d+(?=\/)/, '');
  const query = Object.fromEntries(searchParams);
  return { method: request.method ?? '', path, query, at: Date.now() };
}

async function createShortFolder(): Promise<string> {
  // The kernel takes about 100 characters for a socket's path, which a long TMPDIR would exceed.
  const parent = tmpdir().length < 60 ? tmpdir() : '/tmp';
  return mkdtemp(join(parent, 'ds-proxy-'));
}
