import { defineConfig } from 'vitest/config';
import { podmanDifferences } from './test/engines/podman-differences.ts';

const engineTests = ['test/rig/**/*.test.ts', 'test/**/*.case.test.ts', 'test/cases/**/*.test.ts'];

// They do the same on every engine, start one for themselves, or need more than the engine's own network.
const engineIndependent = [
  'test/rig/**',
  'test/core/**',
  'test/plugins/docker/engine/**',
  'test/plugins/docker/images/ask-credentials.case.test.ts',
  'test/cases/processes{,-*}.test.ts',
  'test/cases/{examples,node-versions,outside-plugin,overrides,packed-*,start-engine}.test.ts',
  'test/plugins/docker/images/disk-full.case.test.ts',
  'test/cases/{logs,underneath}-engine.test.ts',
  'test/docs/**',
  'test/plugins/{control-api,embedded,metrics,process,store}/**',
  'test/cases/{*process*,embedded*,bare-machine*}.test.ts',
  'test/cases/{sentry-flow,telemetry*}.test.ts',
  'test/cases/{control-api,metrics,permissions,options,serve,store,tokens}*.test.ts',
  'test/cases/{remote-engine,workstations}*.test.ts',
  'test/plugins/docker/{elsewhere,forwards}/**',
  'test/plugins/workstations/**',
];

const onRealEngines = {
  testTimeout: 120_000,
  hookTimeout: 300_000,
  fileParallelism: false,
  // Real engines and processes on a machine that may be busy: what fails three times has failed.
  retry: 2,
};

export default defineConfig({
  test: {
    // What failed is read from the report: whole values, not their outlines.
    chaiConfig: { truncateThreshold: 2000 },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: engineTests,
          setupFiles: ['test/fail-on-warning.ts'],
          testTimeout: 15_000,
          // Half of the time went into starting a process a file; no test leaves anything behind.
          isolate: false,
          maxWorkers: 2,
          // Some use real processes, sockets and watches; npm test says which passed at the second try.
          retry: 1,
        },
      },
      {
        // Real engines, processes and package registries: one file after another, on two cores.
        test: {
          name: 'cases',
          include: engineTests,
          globalSetup: ['test/rig/use-packed.ts'],
          ...onRealEngines,
        },
      },
      // What is run again on every other engine.
      runOn('newer', []),
      runOn(
        'podman',
        podmanDifferences.flatMap(({ file, title }) => (title === undefined ? [file] : [])),
      ),
    ],
  },
});

function runOn(name: string, omitted: readonly string[]) {
  return {
    test: {
      name,
      include: engineTests,
      exclude: [...engineIndependent, ...omitted],
      globalSetup: ['test/rig/use-packed.ts'],
      setupFiles: ['test/engines/excuse.ts'],
      ...onRealEngines,
    },
  };
}
