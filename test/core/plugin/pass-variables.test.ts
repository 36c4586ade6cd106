import { expect, test } from 'vitest';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import type { HookPayloads } from '../../../core/hooks.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Target } from '../../../core/run/runner.ts';
import type { Service } from '../../../core/service/service.ts';
import { createFakeRunner, type FakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { column, image, thrownBy } from '../../rig/kernel.ts';

type BeforeUp = (payload: HookPayloads['beforeUp']) => void;

/** A host whose runner notes what it was to make and to start, as far as that is its environment. */
function open(tap: BeforeUp, services: Record<string, Service>, late: BeforeUp = () => {}) {
  const given: Record<string, unknown> = {};
  const note = ({ service, run }: Target) => void (given[service] = run['environment']);
  const plain = createFakeRunner();
  const runner: FakeRunner = {
    ...plain,
    prepare(target, options) {
      note(target);
      return plain.prepare(target, options);
    },
  };
  const config = {
    plugins: [
      definePlugin({
        name: 'passer',
        setup({ hooks }) {
          hooks.beforeUp.tap('passer', tap);
          hooks.beforeUp.tap({ name: 'passer', stage: 'late' }, late);
        },
      }),
    ],
    services,
  };
  return { host: createTestHost({ config, runner }), given };
}

const db = { db: { run: image({ environment: { OWN: 'own' } }) } };

test('a service that is made gets them, below what it has itself', async () => {
  const { host, given } = open(({ pass }) => pass('db', { OWN: 'passed', TRACE: '1' }), db);
  await using _ = host;
  const { services } = await host.up();
  expect(column({ services }, 'state')).toEqual({ db: 'ready' });
  expect(given['db']).toEqual({ OWN: 'own', TRACE: '1' });
});

test('what a dependency exports wins over them, and lines of a list do', async () => {
  const { host, given } = open(
    ({ pass }) => {
      pass('api', { URL: 'passed', TRACE: '1' });
      pass('list', { LINE: 'passed', TRACE: '1' });
    },
    {
      db: { run: image(), exports: { URL: 'exported' } },
      api: { run: image(), dependsOn: ['db'] },
      list: { run: image({ environment: ['LINE=own'] }) },
    },
  );
  await using _ = host;
  await host.up();
  expect(given['api']).toEqual({ URL: 'exported', TRACE: '1' });
  expect(given['list']).toEqual({ LINE: 'own', TRACE: '1' });
});

test('other values, or none at all, are no change; who is made anew gets the new ones', async () => {
  let trace: string | undefined = 'one';
  const { host, given } = open(({ pass }) => {
    if (trace !== undefined) pass('db', { TRACE: trace });
  }, db);
  await using _ = host;
  await host.up();
  const up = async (next: string | undefined, recreate = false) => {
    trace = next;
    const again = host.again();
    const outcome = await again.up({ recreate });
    await again.host.close();
    return column(outcome, 'action');
  };
  for (const next of ['two', undefined, 'three'])
    expect(await up(next)).toEqual({ db: 'unchanged' });
  expect(given['db']).toEqual({ OWN: 'own', TRACE: 'one' });
  expect(await up('four', true)).toEqual({ db: 'recreated' });
  expect(given['db']).toEqual({ OWN: 'own', TRACE: 'four' });
});

test('of two taps the first that passes a name has it, and the later sees it in the plan', async () => {
  const seen: unknown[] = [];
  const first: BeforeUp = ({ pass }) => pass('db', { A: '1' });
  const { host, given } = open(first, db, ({ plan, pass }) => {
    seen.push(plan.services['db']?.run['environment']);
    pass('db', { A: '2', B: '2' });
  });
  await using _ = host;
  await host.up();
  expect(seen).toEqual([{ OWN: 'own', A: '1' }]);
  expect(given['db']).toEqual({ OWN: 'own', A: '1', B: '2' });
});

test('for a service that is left out it does nothing; one that is not there blames the plugin', async () => {
  const left = open(({ pass }) => pass('db', { A: '1' }), db);
  await using _ = left.host;
  const { services } = await left.host.up({ exclude: ['db'] });
  expect(services['db']?.reason.code).toBe('excluded');

  const unknown = open(({ pass }) => pass('bd', { A: '1' }), db);
  await using second = unknown.host;
  const error = await thrownBy(second.up());
  expect(error['code']).toBe('DS_PLUGIN_THREW');
  expect(error.message).toContain('Did you mean "db"?');
  expect(resolveExitCode(asErrors(error))).toBe(4);
});
