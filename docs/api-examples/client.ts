import type { ApiClient } from '../../plugins/control-api/client.ts';

type Example = (client: ApiClient) => Promise<unknown>;

/** Calls by the client, a route each; in this order they can be run. What they return is not on the page. */
export const clientExamples: Readonly<Record<string, Example>> = {
  'GET /services': async (client) => {
    const { body } = await client.get('/services');
    const failed = body.services.filter(({ state }) => state === 'failed');
    return { all: body.services, failed };
  },
  'GET /services/{name}': async (client) => {
    const { body } = await client.get('/services/{name}', { params: { name: 'postgres' } });
    const { host, port } = body.endpoints['sql'] ?? {};
    return { host, port };
  },
  'POST /services/{name}/start': async (client) => {
    const { body } = await client.post('/services/{name}/start', {
      params: { name: 'postgres' },
      timeoutMs: 300_000,
    });
    const { action, state } = body.services['postgres'] ?? {};
    return { action, state };
  },
  'POST /services/{name}/restart': async (client) => {
    const { body } = await client.post('/services/{name}/restart', {
      params: { name: 'postgres' },
      body: { noDeps: true },
    });
    return body;
  },
  'GET /logs': async (client) => {
    const texts: string[] = [];
    const params = { service: ['postgres'], tail: 100, follow: false };
    for await (const { data } of client.stream('/logs', { params })) {
      texts.push(...data.lines.map(({ text }) => text));
    }
    return texts;
  },
  'POST /services/{name}/stop': async (client) => {
    const { body } = await client.post('/services/{name}/stop', { params: { name: 'postgres' } });
    return body;
  },
  'POST /users': async (client) => {
    const { body } = await client.post('/users', {
      body: { username: 'grace', superuser: true },
      superuser: true,
      sudo: true,
    });
    return body.user;
  },
  'PUT /users/{user}/permissions/{permission}': async (client) => {
    const { body } = await client.put('/users/{user}/permissions/{permission}', {
      params: { user: 'grace', permission: 'services.write' },
      superuser: true,
      sudo: true,
    });
    return body;
  },
  'POST /tokens': async (client) => {
    const { body } = await client.post('/tokens', {
      body: { name: 'editor', user: 'grace', permissions: ['services.write'], expires: '30d' },
      superuser: true,
      sudo: true,
    });
    const { token, entry } = body;
    return { token, entry };
  },
  'GET /options/{key}': async (client) => {
    const { body } = await client.get('/options/{key}', { params: { key: 'mail.from' } });
    return body.effective;
  },
  'PUT /options/{key}': async (client) => {
    await client.put('/options/{key}', {
      params: { key: 'mail.from' },
      body: { value: 'dev@example.com' },
      superuser: true,
    });
    return undefined;
  },
};
