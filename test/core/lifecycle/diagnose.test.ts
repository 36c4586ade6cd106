import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { DevServicesError } from '../../../core/errors/error.ts';
import { createHost } from '../../../core/host.ts';
import type { Finding } from '../../../core/run/finding.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { image } from '../../rig/kernel.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const away = new DevServicesError({
  code: 'DS_DOCKER_UNREACHABLE',
  blame: 'environment',
  message: 'No engine answers.',
  hint: 'Start one.',
});

const named = (findings: readonly Finding[], name: string): Finding[] =>
  findings.filter((one) => one.name === name);

describe('doctor', () => {
  const config = { services: { db: { run: image() } } };

  test('finds nothing wrong where all is well, and starts nothing', async () => {
    await using own = createTestHost({ config });
    const { ok, exitCode, findings } = await own.host.diagnose();
    expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
    expect(named(findings, 'configuration')).toMatchObject([
      { level: 'ok', facts: { services: ['db'] } },
    ]);
    expect(named(findings, 'node')).toMatchObject([{ level: 'ok' }]);
    expect(named(findings, 'state')[0]?.text).toContain('(0700)');
    expect(own.runner.calls.filter((call) => call !== 'observe')).toEqual([]);
  });

  test('tells every problem of a broken configuration, and goes on to the rest', async () => {
    const broken = { services: { db: { run: image(), prots: {} }, web: { dependsOn: ['dbb'] } } };
    await using own = createTestHost({ config: broken });
    const { ok, exitCode, findings } = await own.host.diagnose();
    expect({ ok, exitCode }).toEqual({ ok: false, exitCode: 2 });
    const [problem] = named(findings, 'configuration');
    expect(problem).toMatchObject({ level: 'problem', facts: { code: 'DS_CONFIG_INVALID' } });
    expect(problem?.text).toMatch(/prots.*dbb/s);
    expect(named(findings, 'project')).toMatchObject([{ level: 'ok' }]);
  });

  test('tells of a missing configuration', async () => {
    const root = createTempFolder();
    mkdirSync(join(root, '.git'));
    const env = { HOME: root, XDG_STATE_HOME: join(root, '.state') };
    const host = createHost({ cwd: root, env, builtInPlugins: [] });
    onTestFinished(() => host.close());
    const { exitCode, findings } = await host.diagnose();
    expect(exitCode).toBe(2);
    expect(named(findings, 'configuration')).toMatchObject([
      { level: 'problem', facts: { code: 'DS_CONFIG_NOT_FOUND' } },
    ]);
  });

  test('tells of plugins that could not be set up, and blames them', async () => {
    const bad = definePlugin({
      name: 'bad',
      setup() {
        throw new Error('no');
      },
    });
    await using own = createTestHost({ config: { ...config, plugins: [bad] } });
    const { exitCode, findings } = await own.host.diagnose();
    expect(exitCode).toBe(4);
    expect(named(findings, 'plugins')).toMatchObject([
      { level: 'problem', facts: { code: 'DS_PLUGIN_THREW' } },
      { level: 'ok', facts: { plugins: ['docker'] } },
    ]);
  });

  test('takes what runners say, and their absence where they say nothing', async () => {
    const runner = createFakeRunner();
    runner.setAvailable(away);
    await using own = createTestHost({ config, runner });
    const found = await own.host.diagnose();
    expect(found).toMatchObject({ ok: false, exitCode: 3 });
    // Nobody can say which images are there.
    expect(named(found.findings, 'images')).toEqual([]);
    const findings: Finding[] = [{ name: 'engine', level: 'warning', text: 'old' }];
    Object.assign(runner, { diagnose: async () => findings });
    runner.setAvailable(undefined);
    const told = await own.again().host.diagnose();
    expect(told).toMatchObject({ ok: true, exitCode: 0 });
    expect(named(told.findings, 'engine')).toEqual(findings);
  });

  test('an engine that no service needs is no problem', async () => {
    const runner = createFakeRunner();
    runner.setAvailable(away);
    const other = createFakeRunner('vm');
    const vms = definePlugin({ name: 'vms', setup: (ctx) => ctx.runner('vm', () => other) });
    const given = { plugins: [vms], services: { box: { run: { kind: 'vm' } as never } } };
    await using own = createTestHost({ config: given, runner });
    const { ok, findings } = await own.host.diagnose();
    expect(ok).toBe(true);
    expect(named(findings, 'container')).toMatchObject([{ level: 'warning' }]);
  });

  test('names who works on the checkout', async () => {
    await using own = createTestHost({ config });
    await own.host.configure();
    await own.host.plan({ pull: 'never', removeOrphans: false });
    const { findings } = await own.again().host.diagnose();
    expect(named(findings, 'lock')).toMatchObject([
      { level: 'ok', facts: { task: 'up', pid: process.pid } },
    ]);
  });

  test('names what other checkouts run, and what those left whose folder is gone', async () => {
    const runner = createFakeRunner();
    const root = createTempFolder();
    const env = { XDG_STATE_HOME: join(root, '.state') };
    const other = createTestHost({ config, runner, env });
    await other.up();
    await using own = createTestHost({ config, runner, env });
    const living = await own.host.diagnose();
    expect(named(living.findings, 'checkouts')).toMatchObject([
      { level: 'ok', facts: { root: other.root, services: ['db'] } },
    ]);
    runner.addData({ service: 'db', name: 'shop_db_data' });
    rmSync(other.root, { recursive: true });
    const gone = await own.again().host.diagnose();
    expect(gone.ok).toBe(true);
    expect(named(gone.findings, 'checkouts')).toMatchObject([
      { level: 'warning', facts: { services: ['db'], data: ['shop_db_data'] } },
    ]);
    await other.close();
  });
});
