import { readFileSync } from 'node:fs';
import { liveBriefly } from './live-briefly.ts';

interface Request {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** In base64. */
  body: string;
}

const attemptMs = 5000;

liveBriefly();
const requests = JSON.parse(readFileSync(0, 'utf8')) as readonly Request[];
const sinkOf = ({ url, headers }: Request): string => JSON.stringify([url, headers]);
const sinks = [...new Set(requests.map(sinkOf))];
await Promise.all(
  sinks.map((sink) => sendAll(requests.filter((request) => sinkOf(request) === sink))),
);
process.exit(0);

/** One after another, until the sink says that it takes none for now. */
async function sendAll(ofOneSink: readonly Request[]): Promise<void> {
  for (const request of ofOneSink) {
    const status = await send(request).catch(() => undefined);
    if (status === 429) return;
  }
}

async function send({ url, headers, body }: Request): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: Buffer.from(body, 'base64'),
    redirect: 'manual',
    signal: AbortSignal.timeout(attemptMs),
  });
  await response.body?.cancel();
  return response.status;
}
