import { expect, test } from 'vitest';
import type { Config, ResolvedConfig } from '../../../core/config/config.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { configOf, createRepo } from '../cli/run-main.ts';

/** What a plugin is told at last, where taps of others set these one after another. */
async function told(
  config: Config,
  { taps = [], env = {} }: { taps?: unknown[]; env?: Record<string, string> } = {},
): Promise<{ seen: unknown[]; last: unknown }> {
  const seen: unknown[] = [];
  let last: unknown;
  const setters = taps.map((value, index) =>
    definePlugin({
      name: `setter-${index}`,
      setup: ({ hooks }) =>
        hooks.configure.tap(`setter-${index}`, ({ config: draft }) => {
          seen.push(draft.telemetry);
          if (value === 'deleted') delete (draft as Partial<ResolvedConfig>).telemetry;
          else draft.telemetry = value as boolean;
        }),
    }),
  );
  const reader = definePlugin({
    name: 'reader',
    setup: ({ hooks }) =>
      hooks.initialize.tap('reader', ({ config: resolved }) => void (last = resolved.telemetry)),
  });
  await using host = createTestHost({ config: { ...config, plugins: [...setters, reader] }, env });
  const resolved = await host.host.configure();
  await host.host.initialize('up');
  expect(resolved.telemetry).toBe(last);
  return { seen, last };
}

test('it is on unless somebody says otherwise', async () => {
  expect((await told({})).last).toBe(true);
  expect((await told({ telemetry: true })).last).toBe(true);
  expect((await told({ telemetry: false })).last).toBe(false);
});

test.each(['1', 'true', 'yes', 'please'])('DO_NOT_TRACK=%s turns it off', async (value) => {
  expect((await told({ telemetry: true }, { env: { DO_NOT_TRACK: value } })).last).toBe(false);
});

test.each(['', '0', 'false', 'FALSE'])('DO_NOT_TRACK=%s says nothing', async (value) => {
  expect((await told({}, { env: { DO_NOT_TRACK: value } })).last).toBe(true);
});

test('a variable of ours may turn it off, and on no more than the configuration does', async () => {
  const env = { DEVSERVICES__TELEMETRY: 'false' };
  expect((await told({}, { env })).last).toBe(false);
  const both = { DEVSERVICES__TELEMETRY: 'true', DO_NOT_TRACK: '1' };
  expect((await told({}, { env: both })).last).toBe(false);
});

test('a plugin may turn it off, and none can turn it on again', async () => {
  expect(await told({}, { taps: [false, true] })).toEqual({ seen: [true, false], last: false });
  expect(await told({ telemetry: false }, { taps: [true, 'deleted', true] })).toEqual({
    seen: [false, false, false],
    last: false,
  });
  const env = { DO_NOT_TRACK: '1' };
  expect(await told({}, { taps: [true, 'deleted'], env })).toEqual({
    seen: [false, false],
    last: false,
  });
});

test('--no-telemetry wins over files, variables and --set, wherever it stands', async () => {
  const repo = createRepo({ 'devservices.config.mjs': configOf({ telemetry: true }) });
  const asked = async (...argv: string[]) => {
    const { stdout } = await repo.run('config', 'telemetry', '--origin', '--json', ...argv);
    return (JSON.parse(stdout) as { values: unknown }).values;
  };
  expect(await asked()).toMatchObject([{ path: 'telemetry', value: true, layer: 'repo', line: 1 }]);
  for (const argv of [['--no-telemetry'], ['--no-telemetry', '--set', 'telemetry=true']]) {
    expect(await asked(...argv)).toEqual([
      { path: 'telemetry', value: false, layer: 'flag', source: '--no-telemetry' },
    ]);
  }
  const before = await repo.run('--no-telemetry', 'config', 'telemetry');
  expect(before).toMatchObject({ exitCode: 0, stdout: 'false\n' });
});

test('that it is on is said to be so by default', async () => {
  const repo = createRepo({ 'devservices.config.mjs': configOf({}) });
  const { exitCode, stdout } = await repo.run('config', 'telemetry', '--origin');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^true +defaults +built in$/m);
});

test('help tells of it, and no task can take the name', async () => {
  const repo = createRepo({
    'devservices.config.mjs': configOf({}),
    'tasks/mine.ts': `import { defineTask } from 'devservices';
      export default defineTask(import.meta, { name: 'mine', description: '',
        args: { noTelemetry: { kind: 'flag', description: '' } }, run() {} });`,
  });
  const { stdout } = await repo.run('up', '--help');
  expect(stdout).toMatch(/--no-telemetry +Sends nothing/);
  const { exitCode, stderr } = await repo.run('mine');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('DS_TASK_INVALID');
});

test('what a host is given as its arguments counts as well', async () => {
  const { resolveGlobalFlags } = await import('../../../core/lifecycle/global-flags.ts');
  expect(resolveGlobalFlags(['up', '--no-telemetry']).noTelemetry).toBe(true);
  expect(resolveGlobalFlags(['up', '--no-telemetry=1']).noTelemetry).toBe(true);
  expect(resolveGlobalFlags(['run', '--', '--no-telemetry']).noTelemetry).toBe(false);
  expect(resolveGlobalFlags([]).noTelemetry).toBe(false);
});
