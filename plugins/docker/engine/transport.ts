import { Agent, request as requestHttp } from 'node:http';
import { Agent as TlsAgent, request as requestHttps } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { EngineAddress } from './engine-address.ts';

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

/** Opens nothing before the first request. A request rejects with Node's own error. */
export function createTransport(address: EngineAddress): Transport {
  const agent = createAgent(address);
  const request = isSecure(address) ? requestHttps : requestHttp;
  const target =
    address.kind === 'socket'
      ? { socketPath: address.path }
      : { host: address.host, port: address.port };
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

function isSecure(address: EngineAddress): boolean {
  return address.kind === 'tcp' && address.tls !== undefined;
}

function createAgent(address: EngineAddress): Agent {
  if (address.kind === 'socket' || !address.tls) return new Agent({ keepAlive: true });
  const { skipVerify, ...material } = address.tls;
  return new TlsAgent({ keepAlive: true, ...material, rejectUnauthorized: !skipVerify });
}
