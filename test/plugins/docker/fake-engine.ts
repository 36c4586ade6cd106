import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a peer on a socket says; undefined is 404. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => boolean | void;

export interface FakeEngine {
  folder: string;
  socketPath: string;
  url: string;
  /** `GET /v1.41/containers/json?…`, in order. */
  requests: string[];
}

/** An HTTP peer on a unix socket that answers pings, and else what the test says. */
export async function startFakeEngine(
  reply: Reply = () => false,
  { apiVersion = '1.41' }: { apiVersion?: string } = {},
): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-engine-'));
  const socketPath = join(folder, 'e.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.url === '/_ping') response.setHeader('Api-Version', apiVersion).end('OK');
    else if (reply(request, response) === false) response.writeHead(404).end('{"message":"no"}');
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, socketPath, url: `unix://${socketPath}`, requests };
}

/** A folder that is gone after the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-plugin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
