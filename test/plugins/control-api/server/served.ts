import { connect } from 'node:net';
import { systemClock } from '../../../../core/clock.ts';
import { onTestFinished } from 'vitest';
import {
  type HttpServer,
  listen,
  type ListenRequest,
} from '../../../../plugins/control-api/server/listen.ts';
import type { AuditedCall, ServedApp } from '../../../../plugins/control-api/server/served-app.ts';

/** A server with an app that tells what reached it. */
export interface Served {
  server: HttpServer;
  /** `GET /api/0/health`, with the body where there is one. */
  reached: string[];
  audited: AuditedCall[];
  logged: string[];
  /** `127.0.0.1:40961` */
  host: string;
  /** Sends bytes, and gives everything that came back until the connection ended. */
  send(...parts: readonly string[]): Promise<string>;
  /** The same, and says that nothing more is to come. */
  sendAll(bytes: string): Promise<string>;
  /** The bytes of a request that is good but for what is changed in it. */
  request(change?: { line?: string; headers?: readonly string[]; body?: string }): string;
  /** The status that a good request gets. */
  ask(): Promise<number>;
}

/** Answers `owner` to who has the server's token, 401 to other tokens; `fetch` instead, where given. */
export async function serve(
  options: Partial<Omit<ListenRequest, 'app'>> & { fetch?: ServedApp['fetch'] } = {},
): Promise<Served> {
  const reached: string[] = [];
  const audited: AuditedCall[] = [];
  const logged: string[] = [];
  const tell = (text: string): void => void logged.push(text);
  const app: ServedApp = {
    async fetch(request, caller) {
      const { pathname } = new URL(request.url);
      const body = request.body ? await request.text() : '';
      reached.push(`${request.method} ${pathname}${body && ` ${body}`}`);
      const authorization = request.headers.get('authorization');
      if (options.fetch) return options.fetch(request, caller);
      if (authorization === null) return Response.json({ as: 'anonymous' });
      if (authorization === `Bearer ${caller.ownerToken}`) return Response.json({ as: 'owner' });
      return Response.json({ code: 'DS_API_TOKEN_REFUSED' }, { status: 401 });
    },
    audit: (call) => void audited.push(call),
    log: { debug: tell, info: tell, warn: tell, error: tell },
  };
  const server = await listen({ clock: systemClock, ...options, app });
  onTestFinished(() => server.close());
  const host = `127.0.0.1:${server.port}`;
  const request: Served['request'] = ({ line, headers = [], body = '' } = {}) =>
    [
      line ?? 'GET /api/0/health HTTP/1.1',
      ...(headers.some((one) => /^host:/i.test(one)) ? [] : [`Host: ${host}`]),
      'Connection: close',
      ...headers.filter((one) => one !== 'host:'),
      '',
      body,
    ].join('\r\n');
  const send: Served['send'] = (...parts) => sendBytes(server.port, parts);
  const sendAll: Served['sendAll'] = (bytes) => sendBytes(server.port, [bytes], true);
  return {
    server,
    reached,
    audited,
    logged,
    host,
    send,
    sendAll,
    request,
    ask: async () => statusOf(await send(request())),
  };
}

/** Of a raw answer; 0 of none. */
export const statusOf = (answer: string): number =>
  Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);

/** The code in a raw answer's problem. */
export const codeOf = (answer: string): string | undefined =>
  /"code":"(DS_[A-Z_]+)"/.exec(answer)?.[1];

export const headersOf = (answer: string): Record<string, string> =>
  Object.fromEntries(
    (answer.split('\r\n\r\n', 1)[0] ?? '')
      .split('\r\n')
      .slice(1)
      .map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );

function sendBytes(port: number, parts: readonly string[], isAll = false): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      for (const part of parts) socket.write(part, 'latin1');
      if (isAll) socket.end();
    });
    socket.setEncoding('latin1').on('data', (chunk: string) => void (text += chunk));
    // A server that has said no may cut the connection while more is on its way.
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}
