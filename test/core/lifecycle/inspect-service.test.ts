import { expect, test } from 'vitest';
import type { Contracts } from 'devservices';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Plugin, RunnerContext } from '../../../core/plugin/plugin.ts';
import { hostProcess } from '../../../core/run/process-fields.ts';
import { secret } from '../../../core/secret.ts';
import type { Service } from '../../../core/service/service.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, thrownBy } from '../../rig/kernel.ts';
import { stateErrors } from '../../../core/errors/catalogue/state.ts';

declare module 'devservices' {
  interface Contracts {
    'test-inspector': Pick<RunnerContext, 'inspect' | 'checkoutFolder' | 'project'>;
  }
}

const inspector = definePlugin({
  name: 'inspector',
  setup: ({ expose }) => expose('test-inspector', (context) => context),
}) as Plugin;

const db: Service = {
  run: { docker: image() },
  ports: { sql: 5432 },
  exports: ({ address }) => ({ DATABASE_URL: `postgres://${address('sql')}/app` }),
};

function open(services: Readonly<Record<string, Service>>, ...plugins: Plugin[]) {
  return createTestHost({ config: { services, plugins: [inspector, ...plugins] } });
}

async function inspectorOf({ host }: TestHost): Promise<Contracts['test-inspector']> {
  await host.configure();
  return host.use('test-inspector');
}

test('a service is stopped, ready, running, unhealthy or failed, as it is at that moment', async () => {
  await using opened = open({ db });
  const { inspect } = await inspectorOf(opened);
  const state = async () => (await inspect('db')).state;
  expect(await state()).toBe('stopped');
  await opened.up();
  expect(await state()).toBe('ready');
  opened.runner.report('db', 'unhealthy');
  expect(await state()).toBe('unhealthy');
  opened.runner.change('db', { health: 'starting', generation: 'another' });
  expect(await state()).toBe('running');
  opened.runner.exit('db', 3);
  expect(await state()).toBe('failed');
  opened.runner.vanish('db');
  expect(await state()).toBe('stopped');
});

test('the next command sees what the last one left ready', async () => {
  await using opened = open({ db });
  await opened.up();
  await using next = opened.again();
  const { inspect } = await inspectorOf(next);
  expect(await inspect('db')).toMatchObject({
    state: 'ready',
    exports: { DATABASE_URL: 'postgres://127.0.0.1:5432/app' },
  });
});

test('it exports what this machine sees, of that service alone, whether it runs or not', async () => {
  const cache = { run: { docker: image() }, exports: { CACHE_URL: 'redis://here' } };
  await using opened = open({ db, cache });
  const { inspect } = await inspectorOf(opened);
  expect((await inspect('db')).exports).toEqual({ DATABASE_URL: 'postgres://127.0.0.1:5432/app' });
  expect((await inspect('cache')).exports).toEqual({ CACHE_URL: 'redis://here' });
});

test('what another service holds is not read: it may be costly, or away', async () => {
  const token = secret({ command: ['devservices-test-no-such-command'] });
  const other = { run: { docker: image() }, exports: { TOKEN: token } };
  const behind = { run: { docker: image() }, dependsOn: ['db'], exports: { BEHIND: 'yes' } };
  await using opened = open({ db, other, behind });
  const { inspect } = await inspectorOf(opened);
  expect((await inspect('db')).state).toBe('stopped');
  expect((await inspect('behind')).exports).toEqual({ BEHIND: 'yes' });
  expect((await thrownBy(inspect('other'))).message).toContain('devservices-test-no-such-command');
});

test('a name that no service has is refused', async () => {
  await using opened = open({ db });
  const { inspect } = await inspectorOf(opened);
  const error = await thrownBy(inspect('bd'));
  expect(error['code']).toBe('DS_SERVICE_UNKNOWN');
  expect(error.message).toContain('Did you mean "db"?');
  expect(await codesOf(inspect('constructor'))).toEqual(['DS_SERVICE_UNKNOWN']);
});

test('only runners that could run it are asked, and where it is pinned only that one', async () => {
  const processes = createFakeRunner('process');
  const runs = definePlugin({
    name: 'process',
    setup: (ctx) => ctx.runner('process', () => processes),
  }) as Plugin;
  const local = hostProcess({ command: 'postgres' });
  const worker = { run: { local: hostProcess({ command: 'worker' }) } };
  await using opened = open({ db, worker, either: { run: { local, docker: image() } } }, runs);
  const { inspect } = await inspectorOf(opened);
  const looks = () =>
    [opened.runner, processes].map(
      ({ calls }) => calls.filter((call) => call === 'observe').length,
    );
  await inspect('db');
  expect(looks()).toEqual([1, 0]);
  await inspect('worker');
  expect(looks()).toEqual([1, 1]);
  await inspect('either');
  expect(looks()).toEqual([2, 2]);
  await opened.up({ services: ['either'] });
  const before = looks();
  expect((await inspect('either')).state).toBe('ready');
  expect(looks().map((count, index) => count - (before[index] ?? 0))).toEqual([0, 1]);
});

test('a runner that sees nothing says so; that of another service is nobody’s obstacle', async () => {
  const error = stateErrors.create('DS_STATE_UNWRITABLE', { path: '/engine', reason: 'away' });
  const processes = createFakeRunner('process');
  const runs = definePlugin({
    name: 'process',
    setup: (ctx) => ctx.runner('process', () => processes),
  }) as Plugin;
  const worker = { run: { local: hostProcess({ command: 'worker' }) } };
  await using opened = open({ db, worker }, runs);
  const { inspect } = await inspectorOf(opened);
  opened.runner.lose(error);
  expect(await thrownBy(inspect('db'))).toBe(error);
  expect((await inspect('worker')).state).toBe('stopped');
});

test('what a factory is given tells where and whose it is', async () => {
  await using opened = open({ db });
  const { checkoutFolder, project } = await inspectorOf(opened);
  expect(project).toBe(opened.host.project.project);
  expect(checkoutFolder.startsWith(`${opened.root}/.state/devservices/`)).toBe(true);
});
