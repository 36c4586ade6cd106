import { expect, test } from 'vitest';
import type { RefreshOptions, Target } from '../../../core/run/runner.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { codesOf, column, image, messages } from '../../rig/kernel.ts';

interface Asked {
  services: readonly string[];
  options: RefreshOptions;
}

/** A host of two services whose runner can make images anew. */
function createRefreshing(refresh: (asked: Asked) => void = () => {}) {
  const asked: Asked[] = [];
  const runner = createFakeRunner();
  Object.assign(runner, {
    async refresh(targets: readonly Target[], options: RefreshOptions) {
      (runner.calls as string[]).push('refresh');
      const one = { services: targets.map(({ service }) => service), options };
      asked.push(one);
      refresh(one);
    },
  });
  const services = { db: { run: image() }, api: { run: image(), dependsOn: ['db'] } };
  return { asked, runner, test: createTestHost({ config: { services }, runner }) };
}

test('nothing is made anew unless that is asked for', async () => {
  const { asked, test: host } = createRefreshing();
  await using _ = host;
  await host.up();
  expect(asked).toEqual([]);
});

test.each([
  [{ build: true }, { build: true, update: false, isDry: false }],
  [{ update: true }, { build: false, update: true, isDry: false }],
])(
  '%j: all selected services at once, before anything is decided or made',
  async (given, options) => {
    const { asked, runner, test: host } = createRefreshing();
    await using _ = host;
    await host.up(given);
    expect(asked).toMatchObject([{ services: ['db', 'api'], options }]);
    const upToFirst = runner.calls.slice(0, runner.calls.indexOf('prepare db'));
    expect(upToFirst.filter((call) => call !== 'watch')).toEqual(
      expect.arrayContaining(['observe', 'refresh', 'observe']),
    );
  },
);

test('another pullPolicy is no other container', async () => {
  const before = createTestHost({ config: { services: { db: { run: image() } } } });
  await before.up();
  await before.host.close();
  const services = { db: { run: image({ pullPolicy: 'always' }) } };
  await using host = before.again({ services });
  const { services: told } = await host.up();
  expect(told['db']).toMatchObject({ action: 'unchanged' });
});

test('a run whose policy is to build is built each time, and nobody else', async () => {
  const { asked, runner, test: other } = createRefreshing();
  await other.close();
  const services = { db: { run: image() }, api: { run: image({ pullPolicy: 'build' }) } };
  await using host = createTestHost({ config: { services }, runner });
  await host.up();
  const options = { build: true, update: false, isDry: false };
  expect(asked).toMatchObject([{ services: ['api'], options }]);
});

test('who is made from an image that became another is made anew, and nobody else', async () => {
  const { runner, test: first } = createRefreshing(({ options }) => {
    options.onProgress({ image: 'x', status: 'building' });
    const drift = { field: 'image', text: 'x now stands for another image' };
    if (runner.instances.size > 0) runner.change('db', { drift });
  });
  await using _ = first;
  await first.up();
  await using again = first.again();
  const outcome = await again.up({ build: true });
  expect(column(outcome, 'action')).toEqual({ db: 'recreated', api: 'unchanged' });
  expect(outcome.services['db']?.reason.code).toBe('image-changed');
  expect(again.events).toContainEqual(
    expect.objectContaining({ event: 'image-progress', status: 'building' }),
  );
});

test('a dry run only says what it would do, and looks once', async () => {
  const {
    asked,
    runner,
    test: host,
  } = createRefreshing(({ options }) => options.log.info('Would build x.'));
  await using _ = host;
  await host.host.plan({ pull: 'missing', removeOrphans: false, build: true, dryRun: true });
  expect(asked).toMatchObject([{ options: { isDry: true } }]);
  expect(messages(host)).toContain('Would build x.');
  expect(runner.calls).toEqual(['observe', 'refresh']);
});

test.each([{ offline: true }, { pull: 'never' as const }])(
  'asking the registries contradicts %j',
  async (forbidding) => {
    const { asked, runner, test: host } = createRefreshing();
    await using _ = host;
    expect(await codesOf(host.up({ update: true, ...forbidding }))).toEqual([
      'DS_ARGUMENT_CONFLICT',
    ]);
    expect(asked).toEqual([]);
    expect(runner.calls).toEqual([]);
  },
);

test('where an image can not be made, nothing is started', async () => {
  const { runner, test: host } = createRefreshing(() => {
    throw new Error('no');
  });
  await using _ = host;
  await expect(host.up({ build: true })).rejects.toThrow('no');
  expect(runner.calls.filter((call) => /prepare|start/.test(call))).toEqual([]);
});
