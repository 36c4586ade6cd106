import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import type { Instance } from '../../../core/run/runner.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image } from '../../rig/kernel.ts';

const config = (env = '1', ports: Record<string, number> = {}): Config => ({
  services: {
    db: { run: image({ environment: { PGUSER: env, OTHER: 'x' } }), ports },
    api: { run: image(), dependsOn: ['db'] },
  },
});

async function upAgain(
  first: TestHost,
  given?: Config,
  options: Parameters<TestHost['up']>[0] = {},
) {
  await first.up();
  await first.host.close();
  const before = first.runner.calls.length;
  const again = first.again(given);
  const outcome = await again.up(options);
  await again.host.close();
  return { outcome, calls: first.runner.calls.slice(before) };
}

test('a changed variable makes that service anew, and the reason names the field', async () => {
  await using first = createTestHost({ config: config('1') });
  const { outcome, calls } = await upAgain(first, config('2'));
  expect(column(outcome, 'action')).toEqual({ db: 'recreated', api: 'unchanged' });
  expect(outcome.services['db']?.reason).toEqual({
    code: 'changed',
    text: 'environment.PGUSER changed',
  });
  expect(calls.filter((call) => call.endsWith(' api'))).toEqual([]);
});

test('a changed port is a change, named', async () => {
  const [before, after] = await freePorts(2);
  await using first = createTestHost({ config: config('1', { sql: before }) });
  const { outcome } = await upAgain(first, config('1', { sql: after }));
  expect(outcome.services['db']).toMatchObject({
    action: 'recreated',
    reason: { text: expect.stringContaining('ports.sql') },
    endpoints: { sql: { host: '127.0.0.1', port: after } },
  });
});

const seen: [string, Partial<Instance>, string, string][] = [
  [
    'a re-tagged image',
    { drift: { field: 'image', text: 'x is another image' } },
    'recreated',
    'x is another image',
  ],
  ['an exit', { status: 'exited', exitCode: 3 }, 'started', 'ended with exit code 3'],
  ['a pause', { status: 'paused' }, 'started', 'paused'],
  ['a crash before the start', { status: 'created' }, 'started', 'created'],
];
for (const [what, fields, action, text] of seen) {
  test(`${what} is seen and said`, async () => {
    await using first = createTestHost({ config: config() });
    await first.up();
    first.runner.change('db', fields);
    await first.host.close();
    const again = first.again();
    const { services } = await again.up();
    expect(services['db']).toMatchObject({ action, state: 'ready', reason: { text } });
    expect(services['api']).toMatchObject({ action: 'unchanged' });
    await again.host.close();
  });
}

test('a spec that cannot be read counts as changed', async () => {
  await using first = createTestHost({ config: config() });
  await first.up();
  const { spec: _, ...rest } = first.runner.instances.get('db') as Instance;
  (first.runner.instances as Map<string, Instance>).set('db', rest);
  await first.host.close();
  const again = first.again();
  const { services } = await again.up();
  expect(services['db']).toMatchObject({ action: 'recreated', reason: { code: 'unknown-spec' } });
  await again.host.close();
});

test('--recreate makes everything anew', async () => {
  await using first = createTestHost({ config: config() });
  const { outcome } = await upAgain(first, undefined, { recreate: true });
  expect(column(outcome, 'action')).toEqual({ db: 'recreated', api: 'recreated' });
  expect(outcome.services['db']?.reason.code).toBe('asked');
});

test('orphans stay, unless they are asked to go', async () => {
  const less: Config = { services: { api: { run: image() } } };
  await using first = createTestHost({ config: config() });
  const kept = await upAgain(first, less);
  expect(kept.outcome.errors).toEqual([]);
  expect([...first.runner.instances.keys()]).toContain('db');
  const again = first.again(less);
  await again.up({ removeOrphans: true });
  expect([...first.runner.instances.keys()]).toEqual(['api']);
  expect(first.runner.calls.slice(-2)).toEqual(['stop db', 'remove db']);
  await again.host.close();
});
