import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCheckout, type Checkout, type RunOptions } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();
const repo = join(import.meta.dirname, '../..');
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

describe.skipIf(engine === null)('an engine that has to be started', async () => {
  if (!engine) return;

  /** A checkout on a machine whose engine runs only once somebody asks for it. */
  function createMachine(
    start: 'works' | 'fails',
  ): Checkout & { env: NonNullable<RunOptions['env']> } {
    const checkout = createCheckout(engine);
    const bin = join(checkout.outside, 'bin');
    const run = join(checkout.outside, 'run');
    mkdirSync(bin);
    mkdirSync(run, { mode: 0o700 });
    // A socket in front of the engine, which is there from then on.
    writeFileSync(
      join(bin, 'forward.cjs'),
      `const net = require('node:net');
       net.createServer((near) => {
         const far = net.connect(${JSON.stringify(engine?.socketPath)});
         near.pipe(far).pipe(near);
         for (const one of [near, far]) one.on('error', () => { near.destroy(); far.destroy(); });
       }).listen(${JSON.stringify(join(run, 'docker.sock'))});
       require('node:fs').writeFileSync(${JSON.stringify(join(run, 'pid'))}, String(process.pid));`,
    );
    writeFileSync(
      join(bin, 'systemctl'),
      [
        '#!/bin/sh',
        `echo "$*" >> ${join(run, 'asked')}`,
        '[ "$1 $3" = "--user docker" ] || exit 1',
        '[ "$2" = cat ] && exit 0',
        start === 'works'
          ? `${process.execPath} ${join(bin, 'forward.cjs')} </dev/null >/dev/null 2>&1 &`
          : 'echo "Job for docker.service failed." >&2; exit 1',
      ].join('\n'),
    );
    chmodSync(join(bin, 'systemctl'), 0o700);
    onTestFinished(() => {
      try {
        process.kill(Number(readFileSync(join(run, 'pid'), 'utf8')));
      } catch {
        // It was never started.
      }
    });
    onTestFinished(() => checkout[Symbol.asyncDispose]());
    checkout.write({
      'devservices.config.mjs': `export default { services: {
        db: { run: { kind: 'container', image: '${engine?.images.tools}', command: 'sleep 1000', init: true } },
      } };`,
    });
    const env = {
      PATH: `${bin}:${process.env['PATH']}`,
      XDG_RUNTIME_DIR: run,
      DOCKER_HOST: `unix://${join(run, 'docker.sock')}`,
    };
    return { ...checkout, env };
  }

  test('is started by itself where that was said, and up goes on', async () => {
    const { task, env } = createMachine('works');
    const up = await task('up', ['--set', 'engine.start=auto', '--json'], { env });
    expect(up.finished).toMatchObject({ ok: true, services: { db: { state: 'ready' } } });
    expect(up.stderr).toContain('Starting rootless Docker: `systemctl --user start docker`');
  });

  test('without a terminal, up ends with the command that would start it', async () => {
    const { task, env } = createMachine('works');
    const up = await task('up', ['--json'], { env });
    expect(up.exitCode).toBe(3);
    expect(up.finished.errors).toMatchObject([{ code: 'DS_DOCKER_UNREACHABLE' }]);
    expect(up.finished.errors[0]?.hint).toBe(
      'Start rootless Docker by `systemctl --user start docker`, or let it be started: --set engine.start=auto.',
    );
    const never = await task('up', ['--set', 'engine.start=never', '--json'], { env });
    expect(never.finished.errors[0]?.hint).not.toContain('systemctl');
  });

  test('whose start fails is told with what the command said', async () => {
    const { task, env } = createMachine('fails');
    const up = await task('up', ['--set', 'engine.start=auto', '--json'], { env });
    expect(up.exitCode).toBe(3);
    expect(up.finished.errors).toMatchObject([{ code: 'DS_ENGINE_NOT_STARTED' }]);
    expect(up.finished.errors[0]?.message).toContain('Job for docker.service failed.');
  });

  test('down, status and logs start nothing', async () => {
    const { task, env, outside } = createMachine('works');
    for (const name of ['down', 'status', 'logs']) {
      const { exitCode } = await task(name, ['--set', 'engine.start=auto'], { env });
      expect([name, exitCode]).toEqual([name, 3]);
    }
    expect(() => readFileSync(join(outside, 'run/asked'))).toThrow('ENOENT');
  });

  test.each([
    ['y', 0],
    ['n', 3],
  ])('on a terminal the user is asked, and answers %s', async (answer, exitCode) => {
    const { run, env, root, outside } = createMachine('works');
    const up = [process.execPath, '--import', tsx, join(repo, 'tasks/up.ts')];
    const { stdout, exitCode: status } = await run(['script', '-qec', up.join(' '), '/dev/null'], {
      env,
      cwd: root,
      stdin: `${answer}\n`,
    });
    expect(stdout).toContain('Start rootless Docker (`systemctl --user start docker`)? [y/N]');
    expect(status).toBe(exitCode);
    const asked = readFileSync(join(outside, 'run/asked'), 'utf8');
    expect(asked.includes('--user start docker')).toBe(answer === 'y');
  });
});
