import { expect } from 'vitest';
import { errorOf, unique } from './suite-calls.ts';
import type { SuiteGround } from './suite-ground.ts';

/** What holds of a client in whichever way it calls; each stands by itself, whatever was done before. */
export const clientSuite: Readonly<Record<string, (ground: SuiteGround) => Promise<void>>> = {
  async 'a start brings what the service needs; all of it is listed, and reached where it says'({
    client,
    lives,
  }) {
    const api = client({ as: 'owner' });
    const started = await api.post('/services/{name}/start', { params: { name: 'web' } });
    expect(started.status).toBe(200);
    expect(started.body).toMatchObject({
      ok: true,
      task: 'up',
      services: { db: { state: 'ready' }, web: { state: 'ready' } },
    });
    expect(Object.keys(await lives()).toSorted()).toEqual(['db', 'web']);
    const { services, warnings } = (await api.get('/services')).body;
    expect(services.map(({ name }) => name)).toEqual(['db', 'web', 'slow', 'broken']);
    expect(services.slice(0, 2).map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect(warnings).toEqual([]);
    const web = await api.get('/services/{name}', { params: { name: 'web' } });
    expect(web.body).toEqual(services[1]);
    expect(web.body.endpoints).toMatchObject({ http: { host: '127.0.0.1' } });
    const reached = (await api.get('/endpoints')).body.endpoints;
    expect(reached['web']).toEqual(web.body.endpoints);
  },

  async 'a stop ends that service and no other'({ client, lives }) {
    const api = client({ as: 'owner' });
    await api.post('/services/{name}/start', { params: { name: 'web' } });
    const before = await lives();
    const stopped = await api.post('/services/{name}/stop', { params: { name: 'web' } });
    expect(stopped.body.services).toMatchObject({ web: { state: 'stopped', action: 'removed' } });
    expect(await lives()).toEqual({ db: before['db'] });
    const web = await api.get('/services/{name}', { params: { name: 'web' } });
    expect(web.body).toMatchObject({ state: 'stopped', endpoints: {} });
  },

  async 'a restart begins another life of that service, and of no other'({ client, lives }) {
    const api = client({ as: 'owner' });
    await api.post('/services/{name}/start', { params: { name: 'web' } });
    for (const name of ['web', 'db']) {
      const before = await lives();
      const { body } = await api.post('/services/{name}/restart', { params: { name } });
      expect(body).toMatchObject({ ok: true, task: 'restart' });
      expect(body.services[name]?.state).toBe('ready');
      const { [name]: own, ...others } = await lives();
      expect(own).not.toBe(before[name]);
      expect({ ...others, [name]: before[name] }).toEqual(before);
    }
  },

  async 'a start that fails says what was done with every service, and why'({ client }) {
    const api = client({ as: 'owner' });
    const call = api.post('/services/{name}/start', { params: { name: 'broken' } });
    const error = await errorOf(call);
    expect(error).toMatchObject({
      code: 'DS_SERVICE_EXITED',
      status: 409,
      method: 'POST',
      body: {
        type: 'urn:devservices:error:DS_SERVICE_EXITED',
        errors: [{ code: 'DS_SERVICE_EXITED', blame: 'outcome', exitCode: 3 }],
        services: { broken: { state: 'failed', action: 'failed' } },
      },
    });
    expect(error.path).toContain('/services/broken/start');
    expect(error.hint).not.toBe('');
  },

  async 'a plan says what would be done, and does nothing'({ client, lives }) {
    const api = client({ as: 'owner' });
    await api.post('/services/{name}/start', { params: { name: 'web' } });
    const before = await lives();
    const actions = async (params: object) => {
      const { services } = (await api.get('/plan', { params })).body;
      return Object.fromEntries(
        Object.entries(services).map(([name, { action }]) => [name, action]),
      );
    };
    expect(await actions({ services: ['web'] })).toEqual({ db: 'unchanged', web: 'unchanged' });
    expect(await actions({ services: ['db', 'web'], recreate: true, noDeps: true })).toEqual({
      db: 'recreate',
      web: 'recreate',
    });
    const { left } = (await api.get('/plan', { params: { exclude: ['slow', 'web'] } })).body;
    expect(left).toMatchObject({ slow: { code: 'excluded' }, web: { code: 'excluded' } });
    expect(await lives()).toEqual(before);
  },

  async 'stats tell what each service that runs uses'({ client }) {
    const api = client({ as: 'owner' });
    await api.post('/services/{name}/start', { params: { name: 'web' } });
    const { stats } = (await api.get('/stats')).body;
    expect(stats.map(({ service }) => service).toSorted()).toEqual(['db', 'web']);
    for (const row of stats) {
      expect(row.memoryBytes).toBeGreaterThan(0);
      expect(row.cpuPercent).toBeGreaterThanOrEqual(0);
    }
    const own = await api.get('/services/{name}/stats', { params: { name: 'web' } });
    expect(own.body.stats.map(({ service }) => service)).toEqual(['web']);
    await api.post('/services/{name}/stop', { params: { name: 'web' } });
    const none = await api.get('/services/{name}/stats', { params: { name: 'web' } });
    expect(none.body.stats).toEqual([]);
  },

  async 'the timeline and the project tell of tasks, doctor and metrics of how it stands'({
    client,
  }) {
    const api = client({ as: 'owner' });
    await api.post('/services/{name}/start', { params: { name: 'web' } });
    const [run] = (await api.get('/timeline', { params: { limit: 1 } })).body.runs;
    expect(run).toMatchObject({ task: 'up', ok: true, exitCode: 0 });
    expect(run?.services['web']?.states.map(({ state }) => state).at(-1)).toBe('ready');
    const project = (await api.get('/project')).body;
    expect(project).toMatchObject({
      task: null,
      checkout: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    const { findings, ok } = (await api.get('/doctor')).body;
    expect(ok).toBe(findings.every(({ level }) => level !== 'problem'));
    const metrics = await api.get('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(metrics.body).toMatch(/^devservices_service_state\{[^}]*service="web"[^}]*\} 1$/m);
  },

  async 'what cannot be had is an ApiError with its code, an unknown route as any other'({
    client,
  }) {
    const api = client({ as: 'owner' });
    const missing = await errorOf(api.get('/services/{name}', { params: { name: 'wbe' } }));
    expect(missing).toMatchObject({ code: 'DS_SERVICE_UNKNOWN', status: 404, method: 'GET' });
    expect(missing.message).toContain('Did you mean "web"?');
    expect(await errorOf(api.request('GET', '/nowhere'))).toMatchObject({
      code: 'DS_API_ROUTE_UNKNOWN',
      status: 404,
      path: expect.stringContaining('/nowhere'),
    });
    expect(await errorOf(api.request('DELETE', '/services'))).toMatchObject({
      code: 'DS_API_METHOD_REFUSED',
      status: 405,
    });
    // Only a path's own beginning counts.
    expect(await errorOf(api.request('GET', '/x/api/0/services'))).toMatchObject({ status: 404 });
    expect((await api.request('GET', '/api/0/services')).status).toBe(200);
    const params = { services: ['web'], noDeps: 'perhaps', tial: 1 };
    expect(await errorOf(api.request('GET', '/plan', { params }))).toMatchObject({
      code: 'DS_API_INVALID',
      status: 400,
      body: { problems: [{ path: 'query.tial' }, { path: 'query.noDeps' }] },
    });
    const request = { principal: { kind: 'owner' as const } };
    await expect(api.request('GET', '/services', { as: 'owner', request })).rejects.toMatchObject({
      code: 'DS_API_TWO_PRINCIPALS',
    });
  },

  async 'each principal may do what it may, and says so'({ client, lives, ...people }) {
    const owner = client({ as: 'owner' });
    await owner.post('/services/{name}/start', { params: { name: 'web' } });
    const before = await lives();
    const names = { may: unique('may'), bare: unique('bare'), gone: unique('gone') };
    await people.addUser(names.may, { superuser: true, permissions: ['services.write'] });
    await people.addUser(names.bare);
    await people.addUser(names.gone, { active: false });
    const name = unique('ci');
    const token = await people.addToken({ name, user: names.may, permissions: ['services.write'] });
    const asks = (as: Parameters<typeof client>[0]) => client(as).get('/services');
    const stop = { params: { name: 'slow' } };

    expect(await errorOf(asks({ as: 'anonymous' }))).toMatchObject({
      status: 401,
      code: 'DS_API_PRINCIPAL_NEEDED',
    });
    expect(await errorOf(asks({ as: { token: 'dst_wrong' } }))).toMatchObject({
      status: 401,
      code: 'DS_API_TOKEN_REFUSED',
    });
    expect(await errorOf(asks({ as: { user: names.gone } }))).toMatchObject({
      status: 401,
      code: 'DS_API_USER_REFUSED',
    });
    expect((await client({ as: 'anonymous' }).get('/health')).body).toEqual({ ok: true });

    const bare = client({ as: { user: names.bare } });
    expect((await bare.get('/services')).status).toBe(200);
    expect(await errorOf(bare.post('/services/{name}/stop', stop))).toMatchObject({
      status: 403,
      code: 'DS_API_FORBIDDEN',
    });
    const may = client({ as: { user: names.may } });
    expect(await errorOf(may.post('/services/{name}/stop', stop))).toMatchObject({
      status: 403,
      code: 'DS_API_SUPERUSER_NEEDED',
    });
    expect((await may.post('/services/{name}/stop', { ...stop, superuser: true })).status).toBe(
      200,
    );
    const tool = client({ as: { token } });
    expect((await tool.post('/services/{name}/stop', stop)).status).toBe(200);
    const given = await errorOf(tool.post('/services/{name}/stop', { ...stop, superuser: false }));
    expect(given).toMatchObject({ status: 403, code: 'DS_API_SUPERUSER_NEEDED' });
    await people.revoke(name);
    expect(await errorOf(tool.get('/services'))).toMatchObject({
      status: 401,
      code: 'DS_API_TOKEN_REFUSED',
    });
    expect(await lives()).toEqual(before);
  },

  async 'who waits no longer is told so, and what was asked for goes on'({ client, lives, wake }) {
    const api = client({ as: 'owner' });
    const params = { name: 'slow' };
    await api.post('/services/{name}/stop', { params });
    const leaving = new AbortController();
    const left = api
      .post('/services/{name}/start', { params, signal: leaving.signal })
      .catch((error: unknown) => error);
    while (!Object.hasOwn(await lives(), 'slow')) await new Promise(setImmediate);
    leaving.abort(new Error('nobody waits any more'));
    expect(await left).toBe(leaving.signal.reason);
    const late = errorOf(api.post('/services/{name}/start', { params, timeoutMs: 1 }));
    expect(await late).toMatchObject({ code: 'DS_API_TIMEOUT', status: 0 });
    await expect(api.get('/services', { signal: leaving.signal })).rejects.toBe(
      leaving.signal.reason,
    );
    await wake();
    // One after another: when this one is over, so is that.
    await api.post('/services/{name}/start', { params: { name: 'db' } });
    const slow = await api.get('/services/{name}', { params });
    expect(slow.body.state).toBe('ready');
    await api.post('/services/{name}/stop', { params });
  },
};
