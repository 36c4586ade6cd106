import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type ParsedEnvelope, parseEnvelopeBytes } from './parse-envelope-bytes.ts';

/** What an ingest says: `slow` answers once `release()` is called, `hang` and what it holds never do. */
export type IngestAnswer =
  | { status: number; headers?: Readonly<Record<string, string>>; body?: string }
  | 'ok'
  | 'slow'
  | 'hang'
  | 'reset'
  | 'garbage'
  | 'endless-body'
  | 'unfinished-body';

/** An envelope as it came in, whatever was answered. */
export interface ReceivedEnvelope extends ParsedEnvelope {
  /** As it was sent, unzipped. */
  raw: Buffer;
  url: string;
  headers: IncomingMessage['headers'];
}

/** Stands in for where Sentry's SDKs send to: a real server, which keeps what it gets. */
export interface Ingest extends AsyncDisposable {
  /** `http://KEY@127.0.0.1:PORT/PROJECT` */
  readonly dsn: string;
  readonly port: number;
  readonly key: string;
  envelopes(): readonly ReceivedEnvelope[];
  /** Payloads of all items of a type, in order. */
  items(type: string): readonly unknown[];
  /** Resolves as soon as the predicate is true of what has come in; at once where it is already. */
  waitFor(predicate: (envelopes: readonly ReceivedEnvelope[]) => boolean): Promise<void>;
  /** Resolves as soon as all that are connected now have gone. */
  disconnected(): Promise<void>;
  /** Of every request from now on; a function is asked with how many came before. */
  answer(next: IngestAnswer | ((before: number) => IngestAnswer)): void;
  /** Answers all that are held by `slow`. */
  release(): void;
  close(): Promise<void>;
}

/**
 * Listens on loopback, at a free port unless told, until closed.
 *
 * @example
 * await using relay = await createIngest({ answer: { status: 429, headers: { 'retry-after': '60' } } });
 * await relay.waitFor((envelopes) => envelopes.length === 2);
 */
export async function createIngest({
  answer: first = 'ok',
  key = 'f00dfeedf00dfeedf00dfeedf00dfeed',
  project = '1',
  host = '127.0.0.1',
  port: wanted = 0,
}: {
  answer?: IngestAnswer | ((before: number) => IngestAnswer);
  key?: string;
  project?: string;
  host?: string;
  port?: number;
} = {}): Promise<Ingest> {
  let answer = first;
  const received: ReceivedEnvelope[] = [];
  const sockets = new Set<Socket>();
  const held = new Set<ServerResponse>();
  const waiting = new Set<() => void>();

  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const raw = await readBody(request);
    const now = typeof answer === 'function' ? answer(received.length) : answer;
    const { url = '', headers } = request;
    received.push({ ...parseEnvelopeBytes(raw), raw, url, headers });
    if (now === 'slow') held.add(response);
    else reply(response, now);
    for (const look of waiting) look();
  };
  const server = createServer((request, response) => {
    // Who asks may go away in the middle.
    void receive(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(wanted, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const ingest: Ingest = {
    dsn: `http://${key}@127.0.0.1:${port}/${project}`,
    port,
    key,
    envelopes: () => received,
    items: (type) =>
      received.flatMap(({ items }) =>
        items.filter(([header]) => header.type === type).map(([, payload]) => payload),
      ),
    waitFor: (predicate) =>
      new Promise((resolve) => {
        const look = () => {
          if (!predicate(received)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async disconnected() {
      await Promise.all([...sockets].map((socket) => once(socket, 'close').catch(() => {})));
    },
    answer(next) {
      answer = next;
    },
    release() {
      for (const response of held) reply(response, 'ok');
      held.clear();
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    [Symbol.asyncDispose]: () => ingest.close(),
  };
  return ingest;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function reply(response: ServerResponse, answer: Exclude<IngestAnswer, 'slow'>): void {
  const { socket } = response;
  if (answer === 'hang') return;
  if (answer === 'reset') socket?.resetAndDestroy();
  else if (answer === 'garbage') socket?.end('\u0000\u0001 this is no HTTP\r\n\r\n');
  else if (answer === 'endless-body') pour(response);
  else if (answer === 'unfinished-body') response.writeHead(200).write('{');
  else {
    const { status, headers = {}, body = '{}' } = answer === 'ok' ? { status: 200 } : answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  }
}

// More and more, until whoever asked has had enough.
function pour(response: ServerResponse): void {
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
  };
  response.on('drain', more);
  more();
}
