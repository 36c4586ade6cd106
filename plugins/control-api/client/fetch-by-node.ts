import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';

export interface NodeRequest {
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  /** Trusted besides those that Node trusts. */
  ca: string | Uint8Array;
}

/** As `fetch` with `redirect: 'manual'` does it, which takes no certificates of one's own. */
export function fetchByNode(
  url: URL,
  { method, headers, body, signal, ca }: NodeRequest,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const trusted = [...rootCertificates, Buffer.from(ca)];
    const options = { method, headers, signal };
    const answer = (message: IncomingMessage): void => resolve(toResponse(message));
    const outgoing =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, ca: trusted }, answer)
        : requestHttp(url, options, answer);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const withoutBody: readonly number[] = [204, 205, 304];

function toResponse(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    headers.append(message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '');
  }
  if (!withoutBody.includes(status)) {
    return new Response(Readable.toWeb(message) as ReadableStream, { status, headers });
  }
  message.resume();
  return new Response(null, { status, headers });
}
