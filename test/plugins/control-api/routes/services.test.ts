import { writeFileSync } from 'node:fs';
import { container } from 'devservices';
import { expect, test } from 'vitest';
import { serviceErrors } from '../../../../core/errors/catalogue/service.ts';
import { asked, openHandlers } from './open-handlers.ts';

const services = {
  web: { run: container({ image: 'web' }), dependsOn: { db: 'ready' as const } },
  db: { run: { docker: container({ image: 'db' }) }, ports: { sql: 5432 } },
};
const none = asked<undefined>({});
const named = (name: string) => asked({ params: { name } });

test('services are listed in the order of the configuration, as they are just now', async () => {
  await using api = await openHandlers(services);
  const list = async () => (await api.handlers['GET /services'](none)).services;
  expect(await list()).toEqual([
    { name: 'web', state: 'stopped', runner: '', reason: absent, endpoints: {} },
    { name: 'db', state: 'stopped', runner: '', reason: absent, endpoints: {} },
  ]);
  await api.test.up({ services: ['db'] });
  const ready = { code: 'ready', text: 'ready' };
  const endpoints = { sql: { host: '127.0.0.1', port: 5432 } };
  expect(await list()).toEqual([
    { name: 'web', state: 'stopped', runner: '', reason: absent, endpoints: {} },
    { name: 'db', state: 'ready', runner: 'docker', reason: ready, endpoints },
  ]);
  expect(await api.handlers['GET /services/{name}'](named('db'))).toMatchObject({
    name: 'db',
    state: 'ready',
  });
  expect(await api.handlers['GET /endpoints'](none)).toEqual({ endpoints: { db: endpoints } });
});

test('what is not there is unknown, and what was meant is said', async () => {
  await using api = await openHandlers(services);
  for (const path of ['GET /services/{name}', 'POST /services/{name}/start'] as const) {
    await expect(api.handlers[path](asked({ params: { name: 'dbb' } }))).rejects.toMatchObject({
      code: 'DS_SERVICE_UNKNOWN',
      message: expect.stringContaining('Did you mean "db"?') as string,
    });
  }
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    await expect(api.handlers['POST /services/{name}/stop'](named(name))).rejects.toMatchObject({
      code: 'DS_SERVICE_UNKNOWN',
    });
  }
  expect(api.test.runner.calls.filter((call) => call !== 'observe')).toEqual([]);
});

test('a list costs one look, for all who ask at once, and the configuration is read once', async () => {
  await using api = await openHandlers(services);
  const list = () => api.handlers['GET /services'](none);
  await Promise.all([list(), list(), list()]);
  expect(api.test.runner.calls).toEqual(['observe']);
  await list();
  expect(api.test.runner.calls).toEqual(['observe', 'observe']);
  expect(api.opened()).toBe(1);
});

test('a host is kept for five seconds, and closed then, also while nobody asks', async () => {
  await using api = await openHandlers(services);
  const list = () => api.handlers['GET /services'](none);
  await list();
  await api.clock.advance(4999);
  await list();
  expect([api.opened(), api.open.size]).toEqual([1, 1]);
  await api.clock.advance(1);
  await until(() => api.open.size === 0);
  await list();
  expect([api.opened(), api.open.size]).toEqual([2, 1]);
  api.abort();
  await until(() => api.open.size === 0);
});

test('a host whose time is over while it is used is closed afterwards', async () => {
  await using api = await openHandlers(services);
  const release = api.test.runner.holdOn('observe');
  const list = api.handlers['GET /services'](none);
  await until(() => api.test.runner.calls.includes('observe'));
  await api.clock.advance(6000);
  expect(api.open.size).toBe(1);
  release();
  expect((await list).services).toHaveLength(2);
  await until(() => api.open.size === 0);
});

test('what runs is listed by its labels while the configuration is broken', async () => {
  await using api = await openHandlers(services);
  await api.test.up({ services: ['db'] });
  writeFileSync(api.test.configFile, 'export default {');
  const { services: rows, warnings } = await api.handlers['GET /services'](none);
  expect(rows.map(({ name, state }) => [name, state])).toEqual([['db', 'ready']]);
  expect(warnings).toEqual([expect.stringContaining('the configuration is broken')]);
  expect((await api.handlers['GET /services'](none)).warnings).toEqual(warnings);
  await expect(api.handlers['POST /services/{name}/start'](named('db'))).rejects.toMatchObject({
    code: 'DS_CONFIG_MALFORMED',
  });
  const stopped = await api.handlers['POST /services/{name}/stop'](named('db'));
  expect(stopped.services).toMatchObject({ db: { state: 'stopped', action: 'removed' } });
  await expect(api.handlers['GET /plan'](asked({ query: {} }))).rejects.toMatchObject({
    code: 'DS_CONFIG_MALFORMED',
  });
});

test('an engine that cannot be seen is no reason to show nothing', async () => {
  await using api = await openHandlers(services);
  const away = serviceErrors.create('DS_SERVICE_REMOVED', { service: 'db' });
  api.test.runner.setAvailable(away);
  await expect(api.handlers['GET /services'](none)).rejects.toBe(away);
});

const absent = { code: 'absent', text: 'not there' };

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
