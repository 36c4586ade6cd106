import { container } from 'devservices';
import { expect, test } from 'vitest';
import { serviceErrors } from '../../../../core/errors/catalogue/service.ts';
import { problemOf } from '../../../../plugins/control-api/app/problem.ts';
import { asked, openHandlers } from './open-handlers.ts';

const services = {
  db: { run: { docker: container({ image: 'db' }) }, ports: { sql: 5432 } },
  web: { run: container({ image: 'web' }), dependsOn: { db: 'ready' as const } },
};
const start = 'POST /services/{name}/start';
const stop = 'POST /services/{name}/stop';
const restart = 'POST /services/{name}/restart';
const named = (name: string, body?: { noDeps?: boolean }) => asked({ params: { name }, body });
const toStop = (name: string) => asked({ params: { name } });
const none = asked<undefined>({});

test('a start brings what the service needs, a stop removes it alone, a restart starts it anew', async () => {
  await using api = await openHandlers(services);
  const { handlers } = api;
  const started = await handlers[start](named('web'));
  expect(started).toMatchObject({
    ok: true,
    task: 'up',
    services: {
      db: { state: 'ready', action: 'created', runner: 'docker' },
      web: { state: 'ready', action: 'created' },
    },
  });
  const ids = () => Object.fromEntries([...api.test.runner.instances].map(([k, v]) => [k, v.id]));
  const before = ids();
  expect(Object.keys(before)).toEqual(['db', 'web']);
  expect(await handlers[stop](toStop('web'))).toMatchObject({
    task: 'down',
    services: { web: { state: 'stopped', action: 'removed' } },
  });
  expect(ids()).toEqual({ db: before['db'] });
  const calls = api.test.runner.calls.length;
  expect(await handlers[restart](named('db'))).toMatchObject({
    task: 'restart',
    services: { db: { state: 'ready', action: 'started' } },
  });
  expect(api.test.runner.calls.slice(calls)).toEqual(
    expect.arrayContaining(['stop db', 'start db']),
  );
  const { services: rows } = await handlers['GET /services'](none);
  expect(rows.map(({ name, state }) => [name, state])).toEqual([
    ['db', 'ready'],
    ['web', 'stopped'],
  ]);
});

test('noDeps leaves out what a service needs', async () => {
  await using api = await openHandlers(services);
  const { services: rows } = await api.handlers[start](named('web', { noDeps: true }));
  expect(rows['web']?.state).toBe('ready');
  expect([...api.test.runner.instances.keys()]).toEqual(['web']);
});

test('what cannot be started is a problem with every error and every service', async () => {
  await using api = await openHandlers(services);
  api.test.runner.exit('db', 3);
  const thrown = await thrownBy(api.handlers[start](named('web')));
  const problem = problemOf(thrown, { key: start });
  expect(problem).toMatchObject({
    status: 409,
    code: 'DS_SERVICE_EXITED',
    errors: [{ code: 'DS_SERVICE_EXITED', exitCode: 3, message: expect.stringContaining('db') }],
    services: { db: { state: 'failed' }, web: { state: 'skipped' } },
  });
});

test('an engine that is away is what came of an action, and no failure of the server', async () => {
  await using api = await openHandlers(services);
  await api.handlers['GET /services'](none);
  api.test.runner.failOn(
    'prepare db',
    serviceErrors.create('DS_ENGINE_NOT_STARTED', { what: 'it', command: 'it', reason: 'away' }),
  );
  const thrown = await thrownBy(api.handlers[start](named('db')));
  expect(problemOf(thrown, { key: start })).toMatchObject({
    status: 409,
    code: 'DS_ENGINE_NOT_STARTED',
  });
});

test('actions go one after another, and one that fails keeps none after it', async () => {
  await using api = await openHandlers(services);
  const { runner } = api.test;
  const release = runner.holdOn('start db');
  runner.failOn('start db', serviceErrors.create('DS_SERVICE_REMOVED', { service: 'db' }));
  const first = thrownBy(api.handlers[start](named('db')));
  await until(() => runner.calls.includes('start db'));
  const second = api.handlers[start](named('web', { noDeps: true }));
  await new Promise(setImmediate);
  expect(runner.calls).not.toContain('prepare web');
  release();
  expect(await first).toMatchObject({ code: 'DS_SERVICE_REMOVED' });
  expect(await second).toMatchObject({ ok: true });
});

test('closing the API ends what runs, and what waits never begins', async () => {
  await using api = await openHandlers(services);
  const { runner } = api.test;
  const release = runner.holdOn('start db');
  const first = thrownBy(api.handlers[start](named('db')));
  const second = thrownBy(api.handlers[start](named('web')));
  await until(() => runner.calls.includes('start db'));
  api.abort();
  expect(await first).toMatchObject({ code: 'DS_API_CLOSED' });
  expect(await second).toMatchObject({ code: 'DS_API_CLOSED' });
  expect(runner.calls).not.toContain('prepare web');
  release();
});

test('what an action did is seen by who looks right after it', async () => {
  await using api = await openHandlers(services);
  const state = async () => {
    const { services: rows } = await api.handlers['GET /services'](none);
    return rows.find(({ name }) => name === 'db')?.state;
  };
  expect(await state()).toBe('stopped');
  await api.handlers[start](named('db'));
  expect(await state()).toBe('ready');
  await api.handlers[stop](toStop('db'));
  expect(await state()).toBe('stopped');
});

async function thrownBy(work: unknown): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    return thrown;
  }
  throw new Error('it did not throw');
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
