import { request } from 'node:http';

export interface EngineAnswer {
  apiVersion: string;
}

/** Asks the engine behind a unix socket for a sign of life; null when none answers in time. */
export function probeEngine(socketPath: string, timeoutMs = 2000): Promise<EngineAnswer | null> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume();
      const apiVersion = response.headers['api-version'];
      resolve(
        response.statusCode === 200 && typeof apiVersion === 'string' ? { apiVersion } : null,
      );
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(null));
    ping.end();
  });
}
