import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { DevServicesEvent } from '../events.ts';
import { createHost, type Host } from '../host.ts';
import type { TaskOutcome, UpOptions } from '../lifecycle/up.ts';
import type { PlanOptions } from '../plan/plan-context.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import { createFakeRunner, type FakeRunner } from './fake-runner.ts';

/** A real host on a folder of its own, with real hooks and a fake runner. */
export interface TestHost {
  readonly host: Host;
  /** The repo's folder. */
  readonly root: string;
  /** The configuration's file, in that folder. */
  readonly configFile: string;
  /** Runs every container of the configuration. */
  readonly runner: FakeRunner;
  /** Everything that happened, in order. */
  readonly events: readonly DevServicesEvent[];
  /** A whole `up`, as `tasks/up.ts` does it. */
  up(options?: PlanOptions & Partial<UpOptions>): Promise<TaskOutcome>;
  /** Another host on the same folder, as the next command would be. */
  again(config?: Config, options?: Partial<TestHostOptions>): TestHost;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestHostOptions {
  config: Config;
  clock?: Clock;
  signal?: AbortSignal;
  runner?: FakeRunner;
  env?: Readonly<Record<string, string>>;
}

/**
 * For tests of a plugin: up, then look at the events and at what the runner was asked.
 *
 * @example
 * await using test = createTestHost({ config: { plugins: [mailpit] } });
 * const { services } = await test.up();
 */
export function createTestHost(options: TestHostOptions): TestHost {
  const root = mkdtempSync(join(tmpdir(), 'devservices-test-'));
  mkdirSync(join(root, '.git'));
  return openTestHost(options, root, options.runner ?? createFakeRunner());
}

let configs = 0;

function openTestHost(options: TestHostOptions, root: string, runner: FakeRunner): TestHost {
  // The configuration holds functions: the file hands on the very objects of the test.
  const key = `devservices-test-config-${++configs}`;
  Object.assign(globalThis, { [key]: options.config });
  // A name of its own each: a module is imported once in a process.
  const file = join(root, `devservices.config.${configs}.mjs`);
  writeFileSync(file, `export default globalThis[${JSON.stringify(key)}];\n`);
  const fakeContainers = definePlugin({
    name: 'docker',
    setup: (ctx) => ctx.runner('container', () => runner),
  });
  const host = createHost({
    cwd: root,
    env: { HOME: root, XDG_STATE_HOME: join(root, '.state'), ...options.env },
    argv: ['--config', file],
    builtInPlugins: [fakeContainers],
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const events: DevServicesEvent[] = [];
  host.events.subscribe((event) => void events.push(event));
  const close = async () => {
    await host.close();
    rmSync(root, { recursive: true, force: true });
  };
  return {
    host,
    root,
    configFile: file,
    runner,
    events,
    close,
    async up(given = {}) {
      await host.configure();
      await host.initialize('up');
      const up = await host.plan({ pull: 'missing', removeOrphans: false, ...given });
      await up.beforeUp();
      await up.start();
      await up.health();
      await up.afterHealth();
      return up.outcome();
    },
    again: (config = options.config, changed = {}) =>
      openTestHost({ ...options, ...changed, config }, root, runner),
    [Symbol.asyncDispose]: close,
  };
}
