import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Config } from '../../../core/config/config.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { DevServicesError } from '../../../core/errors/error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, messages, thrownBy } from '../../rig/kernel.ts';

const away = new DevServicesError({
  code: 'DS_TEST_AWAY',
  blame: 'environment',
  message: 'No engine answers.',
  hint: 'Start it.',
});

/** Two kinds of runners: the containers of the test host, and processes. */
function open(port?: number) {
  const processes = createFakeRunner('process');
  const local = definePlugin({
    name: 'local',
    setup: (ctx) => ctx.runner('process', () => processes, z.looseObject({})),
  });
  const ports = port === undefined ? {} : { ports: { sql: port } };
  const config: Config = {
    plugins: [local],
    services: {
      db: { run: { docker: image(), local: { kind: 'process' } }, ...ports },
      api: { run: image(), dependsOn: ['db'] },
    },
  };
  return { host: createTestHost({ config }), processes };
}

test('the first run that is available is taken, said and pinned', async () => {
  const { host, processes } = open();
  await using _ = host;
  expect(column(await host.up(), 'runner')).toEqual({ db: 'docker', api: 'docker' });
  expect(messages(host)).toContain('db runs by "docker" in this checkout from now on.');
  expect(processes.calls).toEqual([]);
  await host.host.close();
  const again = host.again();
  await again.up();
  expect(messages(again)).toEqual([]);
  await again.host.close();
});

test('what was passed over is said, and stays so when it is there again', async () => {
  const { host, processes } = open();
  await using _ = host;
  host.runner.setAvailable(away);
  await host.up({ services: ['db'] });
  expect(processes.calls).toContain('start db');
  expect(messages(host).join()).toMatch(/db runs by "local" .*docker/);
  host.runner.setAvailable(undefined);
  await host.host.close();
  const again = host.again();
  expect(column(await again.up(), 'runner')).toMatchObject({ db: 'local' });
  await again.host.close();
});

test('a pinned run that is away is never replaced: exit 3, with the flag that would choose another', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up({ services: ['db'] });
  await host.host.close();
  host.runner.setAvailable(away);
  const again = host.again();
  const error = await thrownBy(again.up({ services: ['db'] }));
  expect(error['code']).toBe('DS_RUN_UNAVAILABLE');
  expect(error.message).toContain('No engine answers.');
  expect(error['hint']).toContain('--run db=local');
  expect(resolveExitCode(asErrors(error))).toBe(3);
  expect(processes.calls).toEqual([]);
  await again.host.close();
});

test('none available: every reason is told', async () => {
  const { host, processes } = open();
  await using _ = host;
  host.runner.setAvailable(away);
  processes.setAvailable(
    new DevServicesError({
      code: 'DS_TEST_SHELL',
      blame: 'environment',
      message: 'No shell.',
      hint: 'Get one.',
    }),
  );
  const error = await thrownBy(host.up({ services: ['db'] }));
  expect(error['code']).toBe('DS_RUN_UNAVAILABLE');
  expect(error.message).toContain('No engine answers. No shell.');
});

test('--run takes another for this time; with none pinned yet, from then on', async () => {
  const { host, processes } = open();
  await using _ = host;
  expect(column(await host.up({ runs: { db: 'local' } }), 'runner')).toMatchObject({ db: 'local' });
  await host.host.close();
  const again = host.again();
  expect(column(await again.up(), 'runner')).toMatchObject({ db: 'local' });
  expect(column(await again.up(), 'action')).toMatchObject({ db: 'unchanged' });
  await again.host.close();
  expect(processes.instances.size).toBe(1);
});

test('--run of another kind ends what ran before, its port with it, and says why', async () => {
  const [port] = await freePorts(1);
  const { host, processes } = open(port);
  await using _ = host;
  await host.up();
  await host.host.close();
  const again = host.again();
  const { services } = await again.up({ runs: { db: 'local' } });
  expect(services['db']).toMatchObject({
    runner: 'local',
    action: 'recreated',
    state: 'ready',
    reason: { code: 'run-changed', text: 'ran by "docker" before' },
  });
  expect([...host.runner.instances.keys()]).toEqual(['api']);
  expect(host.runner.calls).toContain('stop db');
  expect([...processes.instances.keys()]).toEqual(['db']);
  await again.host.close();
});

for (const [runs, code, text] of [
  [{ bd: 'local' }, 'DS_SERVICE_UNKNOWN', 'Did you mean "db"?'],
  [{ db: 'locl' }, 'DS_RUN_UNKNOWN', 'Did you mean "local"? There are: docker, local.'],
  [{ db: 'constructor' }, 'DS_RUN_UNKNOWN', 'There are: docker, local.'],
] as const) {
  test(`--run ${JSON.stringify(runs)} is the user’s to mend`, async () => {
    const { host } = open();
    await using _ = host;
    const error = await thrownBy(host.up({ runs }));
    expect(error['code']).toBe(code);
    expect(error.message).toContain(text);
    expect(resolveExitCode(asErrors(error))).toBe(2);
  });
}
