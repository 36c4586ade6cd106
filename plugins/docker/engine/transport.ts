import { Agent, request as requestHttp } from 'node:http';
import { Agent as TlsAgent, request as requestHttps } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { EngineAddress } from './engine-address.ts';
import { openSsh } from './ssh/open-ssh.ts';
import { createSshAgent } from './ssh/ssh-agent.ts';
import { engineArguments } from './ssh/ssh-command.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Kept-alive connections to one engine, with nothing but what Node brings. */
export interface Transport {
  readonly agent: Agent;
  get(path: string, options: { signal?: AbortSignal; timeoutMs?: number }): Promise<Answer>;
  close(): void;
}

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens nothing before the first request. A request rejects with Node's own error, or an SshFailure.
 * `env` is for what is started on the way there.
 */
export function createTransport(address: EngineAddress, env: Env): Transport {
  const agent = createAgent(address, env);
  const request = isSecure(address) ? requestHttps : requestHttp;
  const target = requestTarget(address);
  return {
    agent,
    get(path, { signal, timeoutMs }) {
      return new Promise((resolve, reject) => {
        const bell = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
        const stop = AbortSignal.any([signal, bell].filter((one) => one !== undefined));
        const asked = request({ ...target, path, agent, signal: stop }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', fail);
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        });
        const fail = (thrown: Error) => {
          if (bell?.aborted) reject(new Error(`no answer within ${(timeoutMs ?? 0) / 1000} s`));
          else reject(signal?.aborted ? (signal.reason as Error) : thrown);
        };
        asked.once('error', fail);
        asked.end();
      });
    },
    close: () => agent.destroy(),
  };
}

/** What a request names as its target; through ssh, the connection itself leads there. */
export function requestTarget(
  address: EngineAddress,
): { socketPath: string } | { host: string; port: number } {
  switch (address.kind) {
    case 'socket':
      return { socketPath: address.path };
    case 'tcp':
      return { host: address.host, port: address.port };
    case 'ssh':
      return { host: 'localhost', port: 80 };
  }
}

function isSecure(address: EngineAddress): boolean {
  return address.kind === 'tcp' && address.tls !== undefined;
}

function createAgent(address: EngineAddress, env: Env): Agent {
  if (address.kind === 'ssh') {
    const args = engineArguments(address, { isAttended: process.stdin.isTTY });
    return createSshAgent(() => openSsh(args, env));
  }
  if (address.kind === 'socket' || !address.tls) return new Agent({ keepAlive: true });
  const { skipVerify, ...material } = address.tls;
  return new TlsAgent({ keepAlive: true, ...material, rejectUnauthorized: !skipVerify });
}
