import type { Clock } from 'devservices/machine';
import type { Limits } from './limits.ts';
import { listen } from './listen.ts';
import { openAlone } from './serve-record.ts';
import type { ServedApp } from './served-app.ts';
import type { ApiServer, ListenOptions } from './serving.ts';

/**
 * Serves a checkout's API, as the only server that it has, until it is closed or `signal` aborts. Throws
 * DS_API_SERVED_ALREADY, and what `listen` throws.
 */
export async function serveApi({
  app,
  folder,
  clock,
  signal,
  limits,
  options,
}: {
  app: ServedApp;
  /** The checkout's own. */
  folder: string;
  clock: Clock;
  signal: AbortSignal;
  limits: Partial<Limits>;
  options: ListenOptions;
}): Promise<ApiServer> {
  const open = () => listen({ ...options, app, clock, limits });
  const { server, forget } = await openAlone({ folder, clock, signal, open });
  const end = (): void => void server.close();
  const over = async (): Promise<void> => {
    await server.closed;
    signal.removeEventListener('abort', end);
    forget();
  };
  const closed = over();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return {
    url: server.url,
    token: server.token,
    closed,
    async close() {
      await server.close();
      await closed;
    },
  };
}
