import { request } from 'node:http';

export interface EngineAnswer {
  /** The newest API version the engine speaks, e.g. `1.41`. */
  apiVersion: string;
  isPodman: boolean;
}

/** Asks the engine behind a unix socket for a sign of life; null when none answers in time. */
export function probeEngine(socketPath: string, timeoutMs = 2000): Promise<EngineAnswer | null> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume();
      const apiVersion = response.headers['api-version'];
      const isPodman = response.headers['libpod-api-version'] !== undefined;
      const answers = response.statusCode === 200 && typeof apiVersion === 'string';
      resolve(answers ? { apiVersion, isPodman } : null);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(null));
    ping.end();
  });
}
