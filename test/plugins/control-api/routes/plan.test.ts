import { container, secret } from 'devservices';
import { expect, test } from 'vitest';
import { asked, openHandlers } from './open-handlers.ts';

const services = {
  db: { run: { docker: container({ image: 'db' }) }, ports: { sql: 5432 } },
  web: { run: container({ image: 'web' }), dependsOn: { db: 'ready' as const } },
  mail: { run: container({ image: 'mail' }), profiles: ['mail'] },
};
const absent = { code: 'absent', text: 'not there yet' };

test('the plan says what would be done, by what and why, and what is left out', async () => {
  await using api = await openHandlers(services);
  const plan = api.handlers['GET /plan'];
  expect(await plan(asked({ query: {} }))).toEqual({
    services: {
      db: { action: 'create', reason: absent, runner: 'docker' },
      web: { action: 'create', reason: absent, runner: 'docker' },
    },
    left: { mail: { code: 'profile-off', text: 'only with profile mail' } },
    orphans: [],
  });
  await api.test.up();
  const actions = async (query: Parameters<typeof plan>[0]['query']) => {
    const { services: rows } = await plan(asked({ query }));
    return Object.fromEntries(Object.entries(rows).map(([name, { action }]) => [name, action]));
  };
  expect(await actions({})).toEqual({ db: 'unchanged', web: 'unchanged' });
  expect(await actions({ services: ['web'], noDeps: true, recreate: true })).toEqual({
    web: 'recreate',
  });
  expect(await actions({ profile: ['mail'], exclude: ['web'] })).toEqual({
    db: 'unchanged',
    mail: 'create',
  });
});

test('a plan names every name that is unknown', async () => {
  await using api = await openHandlers(services);
  const query = { services: ['dbb'], exclude: ['webb'] };
  await expect(api.handlers['GET /plan'](asked({ query }))).rejects.toMatchObject({
    code: 'DS_SERVICE_UNKNOWN',
    facts: { names: ['dbb', 'webb'] },
  });
});

test('a plan is told while a task holds the checkout', async () => {
  await using api = await openHandlers(services);
  const { runner } = api.test;
  const release = runner.holdOn('start db');
  const start = api.handlers['POST /services/{name}/start'](
    asked({ params: { name: 'db' }, body: undefined }),
  );
  while (!runner.calls.includes('start db')) await new Promise(setImmediate);
  expect((await api.handlers['GET /project'](asked({}))).task).toMatchObject({
    task: 'up',
    pid: process.pid,
  });
  const { services: rows } = await api.handlers['GET /plan'](asked({ query: {} }));
  expect(rows['db']?.action).toBe('start');
  release();
  expect(await start).toMatchObject({ ok: true });
  expect((await api.handlers['GET /project'](asked({}))).task).toBeNull();
});

test('what a function of the configuration threw is told without secrets', async () => {
  const password = 'hunter2-hunter2';
  await using api = await openHandlers({
    db: { run: container({ image: 'db', environment: { PASSWORD: secret(password) } }) },
    web: {
      run: container({ image: 'web' }),
      onlyIf() {
        throw new Error(`cannot connect as root:${password}`);
      },
    },
  });
  const plan = Promise.resolve(api.handlers['GET /plan'](asked({ query: {} })));
  const thrown = await plan.catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'DS_SERVICE_FUNCTION' });
  expect(String(thrown)).toContain('cannot connect');
  expect(String(thrown)).not.toContain(password);
});
