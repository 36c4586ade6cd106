import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import type { DevServicesEvent } from '../../../core/events.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, saw, told } from '../../rig/kernel.ts';
import { openTwoKinds, program } from '../../rig/two-kinds.ts';

/**
 *   db ──► migrate ──► api ──► proxy ──► e2e
 *    └──────────────────┘ └──► worker
 *
 * Containers: db, migrate, proxy. Processes: api, worker, e2e.
 */
async function graph(): Promise<Config> {
  const [sql, http, public_] = await freePorts(3);
  const url = ({ address }: { address(port: string): string }) => ({ URL: address('p') });
  return {
    services: {
      e2e: { run: program(), dependsOn: ['proxy'] },
      worker: { run: program(), dependsOn: { api: 'started' } },
      proxy: { run: image(), ports: { p: public_ }, dependsOn: ['api'], exports: url },
      api: {
        run: program(),
        ports: { p: http },
        ready: ready.command(['check']),
        exports: url,
        onReady: async () => {},
        dependsOn: { db: 'ready', migrate: 'completed' },
      },
      migrate: { run: image(), dependsOn: ['db'] },
      db: { run: image(), ports: { p: sql }, exports: url },
    },
  };
}

/** Of each service the event of the condition that came last, and so made it start. */
const causes = {
  migrate: 'ready db',
  api: 'completed migrate',
  worker: 'running api',
  proxy: 'ready api',
  e2e: 'ready proxy',
} as const;

function expectCausesFirst(events: readonly DevServicesEvent[]): void {
  const [lines, states] = [told(events), statesOf(events)];
  for (const [service, cause] of Object.entries(causes)) {
    // What runs goes on to its own readiness at once: only in the states nothing stands between.
    const seen = cause.startsWith('running') ? states : lines;
    expect(seen[seen.indexOf(`starting ${service}`) - 1]).toBe(cause);
  }
}

const statesOf = (events: readonly DevServicesEvent[]) =>
  told(events.filter(({ event }) => event === 'service-state'));

async function open() {
  const runner = createFakeRunner('container', { gateway: '172.18.0.1' });
  const processes = createFakeRunner('process', { relays: true, tends: true });
  const kinds = openTwoKinds(await graph(), { runner, processes });
  runner.exit('migrate', 0);
  return kinds;
}

test('over containers and processes each start request follows its condition’s event with nothing between', async () => {
  await using kinds = await open();
  const { host, processes } = kinds;
  const outcome = await host.up();
  expect(outcome.errors).toEqual([]);
  expect(column(outcome, 'state')).toEqual({
    db: 'ready',
    migrate: 'completed',
    api: 'ready',
    worker: 'ready',
    proxy: 'ready',
    e2e: 'ready',
  });
  const lines = told(host.events);
  expectCausesFirst(host.events);
  // What the proxy needs to reach the process was there before it was asked to start.
  expect(lines.indexOf('phase-ended relay api')).toBeLessThan(lines.indexOf('ready api'));
  expect(processes.calls).toContain('relay api p at 172.18.0.1');
  // All is prepared ahead: nothing is left to do for a start but the start.
  for (const [service, cause] of Object.entries(causes)) {
    expect(lines.indexOf(`phase-ended prepare ${service}`)).toBeLessThan(lines.indexOf(cause));
  }
});

test('the same holds where a runner is slow to prepare, to start and to make a relay', async () => {
  await using kinds = await open();
  const { host, processes } = kinds;
  const held = [
    host.runner.holdOn('start db'),
    processes.holdOn('start api'),
    processes.holdOn('relay api p at 172.18.0.1'),
    host.runner.holdOn('start proxy'),
  ];
  const done = host.up();
  for (const [at, line] of [
    'starting db',
    'starting api',
    'phase-started relay api',
    'starting proxy',
  ].entries()) {
    await saw(host, line);
    held[at]?.();
  }
  expect(column(await done, 'state')).toMatchObject({ e2e: 'ready', worker: 'ready' });
  expectCausesFirst(host.events);
});

test('a process that ends while it is awaited skips the containers that need it, and no others', async () => {
  await using kinds = await open();
  const { host, processes } = kinds;
  processes.setExec('api', { exitCode: 1, output: 'no' });
  const done = host.up();
  await saw(host, 'ready worker');
  processes.exit('api', 3);
  expect(column(await done, 'state')).toEqual({
    db: 'ready',
    migrate: 'completed',
    api: 'failed',
    worker: 'ready',
    proxy: 'skipped',
    e2e: 'skipped',
  });
  expect(host.runner.calls).toContain('remove proxy');
  expect([...processes.instances.keys()].toSorted()).toEqual(['api', 'worker']);
});

test('the next up is unchanged for both kinds, and down takes dependants before what they need', async () => {
  await using kinds = await open();
  await kinds.host.up();
  await kinds.host.host.close();
  await using again = kinds.host.again();
  const { services } = await again.up();
  expect([...new Set(Object.values(column({ services }, 'action')))]).toEqual(['unchanged']);
  await again.host.down({});
  const gone = statesOf(again.events).filter((line) => line.startsWith('stopped '));
  const at = (service: string) => gone.indexOf(`stopped ${service}`);
  expect(gone).toHaveLength(6);
  for (const [service, need] of [
    ['e2e', 'proxy'],
    ['proxy', 'api'],
    ['worker', 'api'],
    ['api', 'migrate'],
    ['api', 'db'],
    ['migrate', 'db'],
  ] as const) {
    expect(at(service)).toBeLessThan(at(need));
  }
});
