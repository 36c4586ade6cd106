import { container, secret } from 'devservices';
import { createTestHost, type TestHost } from 'devservices/testing';
import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../../../../plugins/control-api/client.ts';
import { controlApi } from '../../../../plugins/control-api/index.ts';

describe('GET /logs', () => {
  it('gives what is there without secrets, and says that it is all', async () => {
    await using opened = await open();
    const lines = await all(opened.client.stream('/logs', { params: { follow: false } }));
    expect(lines).toEqual(['db: ready', 'db: uses [redacted]', 'web: listens']);
  });

  it('gives what was asked for', async () => {
    await using opened = await open();
    const lines = (params: object) =>
      all(opened.client.stream('/logs', { params: { follow: false, ...params } }));
    expect(await lines({ service: ['web'] })).toEqual(['web: listens']);
    expect(await lines({ service: ['db'], tail: 1 })).toEqual(['db: uses [redacted]']);
    expect(await lines({ since: '2026-01-01T00:00:00.002Z' })).toEqual(['web: listens']);
  });

  it.each<[{ service?: string[]; since?: string; tail?: number }, object]>([
    [{ service: ['dn'] }, { code: 'DS_SERVICE_UNKNOWN', status: 404 }],
    [{ since: 'yesterday' }, { code: 'DS_ARGUMENT_INVALID', status: 400 }],
    [{ tail: -1 }, { code: 'DS_API_INVALID', status: 400 }],
  ])('refuses %j', async (params, expected) => {
    await using opened = await open();
    await expect(all(opened.client.stream('/logs', { params }))).rejects.toMatchObject(expected);
  });

  it('refuses an id that it never gave', async () => {
    await using opened = await open();
    const stream = opened.client.stream('/logs', { lastEventId: 'x' });
    await expect(all(stream)).rejects.toMatchObject({ code: 'DS_API_CURSOR_INVALID', status: 400 });
  });

  it('follows, and goes on after a cut with the very next line', async () => {
    await using opened = await open();
    const { client, write } = opened;
    const first = new AbortController();
    let id: string | undefined;
    const seen: string[] = [];
    for await (const event of client.stream('/logs', { signal: first.signal })) {
      ({ id } = event);
      seen.push(...event.data.lines.map(({ text }) => text));
      if (seen.length === 3) write('web', 'more', 4);
      if (seen.length === 4) break;
    }
    write('web', 'meanwhile', 4);
    write('db', 'later', 5);
    for await (const event of client.stream('/logs', { lastEventId: id })) {
      seen.push(...event.data.lines.map(({ text }) => text));
      if (seen.length === 6) break;
    }
    expect(seen).toEqual(['ready', 'uses [redacted]', 'listens', 'more', 'meanwhile', 'later']);
  });
});

describe('GET /events', () => {
  it('gives what happened, of the services and kinds that were asked for', async () => {
    await using opened = await open();
    const params = { after: -1, service: ['web'], event: ['service-state'] };
    for await (const { data, id } of opened.client.stream('/events', { params })) {
      expect(data).toMatchObject({ event: 'service-state', service: 'web' });
      expect(id).toMatch(/^\d+$/);
      if (data['state'] === 'ready' || data['state'] === 'running') break;
    }
  });

  it.each(['x', '1.5', '-2', '1e3'])('refuses to go on from %s', async (lastEventId) => {
    await using opened = await open();
    const stream = opened.client.stream('/events', { lastEventId });
    await expect(all(stream)).rejects.toMatchObject({ code: 'DS_API_CURSOR_INVALID', status: 400 });
  });
});

interface Opened extends AsyncDisposable {
  test: TestHost;
  client: ApiClient;
  /** Milliseconds behind the first of January 2026. */
  write(service: string, text: string, ms: number): void;
}

async function open(): Promise<Opened> {
  const image = 'some/image';
  const test = createTestHost({
    config: {
      plugins: [controlApi()],
      services: {
        db: { run: container({ image, environment: { PASSWORD: secret('hunter2-hunter2') } }) },
        web: { run: container({ image }) },
      },
    },
  });
  await test.up();
  const write: Opened['write'] = (service, text, ms) =>
    test.runner.writeLog(service, text, new Date(Date.UTC(2026, 0, 1) + ms).toISOString());
  write('db', 'ready', 1);
  write('db', 'uses hunter2-hunter2', 1);
  write('web', 'listens', 3);
  const api = await test.host.use('api');
  return {
    test,
    write,
    client: api.client({ as: 'owner' }),
    [Symbol.asyncDispose]: () => test.close(),
  };
}

async function all(stream: AsyncIterable<{ data: unknown }>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { data } of stream) {
    const { lines } = data as { lines: readonly { service: string; text: string }[] };
    seen.push(...lines.map(({ service, text }) => `${service}: ${text}`));
  }
  return seen;
}
