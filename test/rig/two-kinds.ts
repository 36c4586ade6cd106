import type { Config } from '../../core/config/config.ts';
import { definePlugin } from '../../core/plugin/define-plugin.ts';
import { hostProcess, type ProcessFields, type ProcessRun } from '../../core/run/process-fields.ts';
import { createFakeRunner, type FakeRunner } from '../../core/testing/fake-runner.ts';
import {
  createTestHost,
  type TestHost,
  type TestHostOptions,
} from '../../core/testing/test-host.ts';

/** A run of the fake runner of processes. */
export const program = (fields: Partial<ProcessFields> = {}): ProcessRun =>
  hostProcess({ command: 'serve', ...fields });

/** A host with two kinds of runners: the containers of the test host, and processes. */
export interface TwoKinds extends AsyncDisposable {
  host: TestHost;
  processes: FakeRunner;
  /** The configuration with the plugin that brings the processes. */
  withProcesses(config: Config): Config;
}

export function openTwoKinds(
  config: Config,
  {
    processes = createFakeRunner('process'),
    ...options
  }: Partial<TestHostOptions> & { processes?: FakeRunner } = {},
): TwoKinds {
  const local = definePlugin({
    name: 'local',
    setup: (ctx) => ctx.runner('process', () => processes),
  });
  const withProcesses = (given: Config): Config => ({
    ...given,
    plugins: [local, ...(Array.isArray(given.plugins) ? given.plugins : [])],
  });
  const host = createTestHost({ ...options, config: withProcesses(config) });
  return { host, processes, withProcesses, [Symbol.asyncDispose]: () => host.close() };
}
