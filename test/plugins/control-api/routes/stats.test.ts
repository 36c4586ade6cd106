import { container } from 'devservices';
import { expect, test } from 'vitest';
import { asked, openHandlers } from './open-handlers.ts';

const services = {
  db: { run: { docker: container({ image: 'db' }) } },
  web: { run: container({ image: 'web' }) },
};
const none = asked<undefined>({});
const used = (cpuMs: number) => ({
  cpuMs,
  memoryBytes: 4096,
  memoryLimitBytes: 8192,
  networkReceivedBytes: 7,
  networkSentBytes: null,
  processes: 2,
});

test('what runs is told with what it uses, and what does not run is not', async () => {
  await using api = await openHandlers(services);
  const { runner } = api.test;
  await api.test.up({ services: ['db'] });
  runner.setStats('db', used(100));
  const reading = api.handlers['GET /stats'](none);
  // The handlers' clock stands still between the two looks.
  while (api.clock.sleeping < 2) await new Promise(setImmediate);
  await api.clock.advance(250);
  const { stats } = await reading;
  expect(stats).toEqual([
    {
      service: 'db',
      id: runner.instances.get('db')?.id,
      runner: 'docker',
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      ...used(100),
      cpuPercent: stats[0]?.cpuPercent,
    },
  ]);
  const web = asked({ params: { name: 'web' } });
  const own = api.handlers['GET /services/{name}/stats'](web);
  while (api.clock.sleeping < 2) await Promise.race([own, new Promise(setImmediate)]);
  await api.clock.advance(250);
  expect(await own).toEqual({ stats: [] });
});

test('stats of a service that is not there are unknown', async () => {
  await using api = await openHandlers(services);
  const unknown = asked({ params: { name: 'wbe' } });
  await expect(api.handlers['GET /services/{name}/stats'](unknown)).rejects.toMatchObject({
    code: 'DS_SERVICE_UNKNOWN',
  });
});

test('closing the API ends a wait between two looks', async () => {
  await using api = await openHandlers(services);
  await api.test.up({ services: ['db'] });
  api.test.runner.setStats('db', used(100));
  const reading = api.handlers['GET /stats'](none);
  const rejected = Promise.resolve(reading).catch((error: unknown) => error);
  while (api.clock.sleeping < 2) await new Promise(setImmediate);
  api.abort();
  expect(await rejected).toMatchObject({ message: 'the API is closed' });
});
