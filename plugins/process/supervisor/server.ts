import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { asError, type DevServicesError } from 'devservices/machine';
import { writeError } from '../client/rebuild-error.ts';
import { processErrors } from '../errors.ts';
import { isRelayRequest, isServiceRequest, isStartRequest } from './check-request.ts';
import { readRequestBody } from './request-body.ts';
import type {
  LeaveAnswer,
  LeaveRequest,
  RelayRequest,
  ServiceRequest,
  StartAnswer,
  StartRequest,
  SupervisorEvent,
} from './protocol.ts';

/** What the supervisor does, without how it is asked. */
export interface SupervisorActions {
  start(request: StartRequest): Promise<StartAnswer>;
  stop(request: ServiceRequest): Promise<void>;
  restart(request: ServiceRequest): Promise<StartAnswer>;
  remove(request: ServiceRequest): Promise<void>;
  relay(request: RelayRequest): Promise<void>;
  /** `after` is called when the answer is on its way. */
  leave(request: LeaveRequest): { answer: LeaveAnswer; after(): void };
  /** Returns how to stop listening. */
  listen(project: string, listener: (event: SupervisorEvent) => void): () => void;
}

/**
 * The protocol over HTTP. What was asked is done to its end, also when whoever asked went away: nothing
 * is left half started.
 */
export function createSupervisorServer(actions: SupervisorActions, token: string): Server {
  const server = createServer((request, response) => {
    // Who went away has no use for an answer.
    response.on('error', () => {});
    void answer(request, response).catch((error: unknown) => fail(response, asError(error)));
  });
  // A start may take as long as what runs before it, and events last for as long as somebody listens.
  server.requestTimeout = 0;
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isAllowed(request.headers.authorization, token)) {
      // Nothing of what a stranger says is read.
      response.writeHead(401, { connection: 'close' }).end();
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://supervisor');
    if (request.method === 'GET' && pathname === '/events') {
      return sendEvents(response, searchParams.get('project') ?? '');
    }
    if (request.method !== 'POST') return refuse(response, 405, 'this is no request of its own');
    const body = await readRequestBody(request);
    if ('problem' in body) return refuse(response, body.status, body.problem);
    const work = act(pathname, body.value);
    if (work === 'unknown') return refuse(response, 404, `it knows no ${pathname}`);
    if (work === 'malformed') return refuse(response, 400, `this is no request for ${pathname}`);
    const found = await work;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found.answer), found.after);
  }

  function act(path: string, body: object): Promise<Done> | 'unknown' | 'malformed' {
    switch (path) {
      case '/start':
        return isStartRequest(body) ? done(actions.start(body)) : 'malformed';
      case '/stop':
        return isServiceRequest(body) ? done(actions.stop(body)) : 'malformed';
      case '/restart':
        return isServiceRequest(body) ? done(actions.restart(body)) : 'malformed';
      case '/remove':
        return isServiceRequest(body) ? done(actions.remove(body)) : 'malformed';
      case '/relay':
        return isRelayRequest(body) ? done(actions.relay(body)) : 'malformed';
      case '/leave':
        return Promise.resolve(actions.leave(body));
      default:
        return 'unknown';
    }
  }

  function sendEvents(response: ServerResponse, project: string): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const send = (event: SupervisorEvent): void =>
      void response.write(`${JSON.stringify(event)}\n`);
    response.once('close', actions.listen(project, send));
    send({ type: 'listening' });
  }
}

interface Done {
  answer: object;
  after?(): void;
}

const done = async (work: Promise<object | void>): Promise<Done> => ({
  answer: (await work) ?? {},
});

// Copied to one length first, so that time tells nothing of what the token is.
function isAllowed(header: string | undefined, token: string): boolean {
  const expected = Buffer.from(`Bearer ${token}`);
  const given = Buffer.alloc(expected.length);
  const isWhole = Buffer.byteLength(header ?? '') === expected.length;
  given.write(header ?? '');
  return timingSafeEqual(given, expected) && isWhole;
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  fail(response, processErrors.create('DS_PROCESS_SUPERVISOR_REFUSED', { reason }), status);
}

const statusOf = { outcome: 409, user: 400, environment: 503, plugin: 500, bug: 500 } as const;

function fail(response: ServerResponse, error: DevServicesError, status?: number): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status ?? statusOf[error.blame], {
    'content-type': 'application/json',
    ...(status === undefined ? {} : { connection: 'close' }),
  });
  response.end(JSON.stringify(writeError(error)));
}
