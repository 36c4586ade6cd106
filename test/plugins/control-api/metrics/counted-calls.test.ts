import { expect, test } from 'vitest';
import { openTestApi, ownerToken } from '../../../rig/control-api.ts';
import { image } from '../../../rig/kernel.ts';
import { readMetrics, valueOf } from './read-metrics.ts';

test('a scrape over HTTP tells of calls, refused ones too, by route and never by path', async () => {
  const { fetch } = await openTestApi({ services: { db: { run: image() } } });
  const authorization = `Bearer ${ownerToken}`;
  const ask = (path: string, headers: Record<string, string> = { authorization }) =>
    fetch(`/api/0${path}`, { headers });
  expect((await ask('/metrics', {})).status).toBe(401);
  await ask('/services/db');
  await ask('/services/nobody');
  await ask('/services/secret-word', {});
  await ask('/nothing/secret-word');
  const answer = await ask('/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).not.toContain('secret-word');
  const samples = readMetrics(text);
  const total = (route: string, status: string) =>
    valueOf(samples, 'devservices_api_requests_total', { method: 'GET', route, status });
  expect(total('/services/{name}', '200')).toBe(1);
  expect(total('/services/{name}', '404')).toBe(1);
  expect(total('/services/{name}', '401')).toBe(1);
  expect(total('/metrics', '401')).toBe(1);
  expect(total('', '404')).toBe(1);
  expect(valueOf(samples, 'devservices_service_state', { service: 'db', state: 'stopped' })).toBe(
    1,
  );
});

test('a client of this process reads the same, and its streams are counted while they are open', async () => {
  const { api } = await openTestApi({ services: { db: { run: image() } } });
  const client = api.client({ as: 'owner' });
  const clients = async () => {
    const { body } = await client.get('/metrics');
    return valueOf(readMetrics(body), 'devservices_stream_clients');
  };
  expect(await clients()).toBe(0);
  const leaving = new AbortController();
  const events = client.stream('/events', { signal: leaving.signal });
  // It is open as soon as it is asked for the first.
  const first = events[Symbol.asyncIterator]().next();
  first.catch(() => {});
  await expect.poll(clients, { timeout: 10_000 }).toBe(1);
  leaving.abort();
  await first.catch(() => {});
  await expect.poll(clients, { timeout: 10_000 }).toBe(0);
});
