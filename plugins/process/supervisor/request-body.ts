import type { IncomingMessage } from 'node:http';

/** The JSON of a request, or why it is refused and by which status. */
export type RequestBody = { value: object } | { problem: string; status: 400 | 413 };

// A target with its environment takes some kilobytes; more than this is no request of ours.
const longestBytes = 4 * 1024 * 1024;

/** Reads what a request says. Rejects where it breaks off. */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBytes) {
      return { problem: `a request is at most ${longestBytes} bytes long`, status: 413 };
    }
    parts.push(part);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value };
    return { problem: 'a request is a JSON object', status: 400 };
  } catch {
    return { problem: 'a request is JSON', status: 400 };
  }
}
