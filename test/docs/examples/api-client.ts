import { ApiError, createHttpClient } from 'devservices/plugins/control-api/client';

/** Restarts a service, and says how it is then. `url` is what `serve` prints, with what is behind the `#`. */
export async function restart(url: string, name: string): Promise<string> {
  const client = createHttpClient({ url });
  try {
    const { body } = await client.post('/services/{name}/restart', { params: { name } });
    return body.services[name]?.state ?? 'gone';
  } catch (error) {
    if (error instanceof ApiError && error.code === 'DS_SERVICE_UNKNOWN') return 'unknown';
    throw error;
  }
}
