import type { ApiClient } from 'devservices/plugins/control-api/client';

/** Waits until a service is ready, however often the connection is cut meanwhile. */
export async function waitUntilReady(client: ApiClient, service: string): Promise<string> {
  const params = { service: [service], event: ['service-state'] };
  for await (const { id, data } of client.stream('/events', { params })) {
    if (data['state'] === 'ready') return `ready, which was event ${id}`;
  }
  throw new Error('The server was closed.');
}
