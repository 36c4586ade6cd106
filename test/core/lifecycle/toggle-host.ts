import { z } from 'zod';
import type { Config } from '../../../core/config/config.ts';
import { DevServicesError } from '../../../core/errors/error.ts';
import { listCheckouts } from '../../../core/identity/checkout.ts';
import { readPins } from '../../../core/identity/pins.ts';
import type { TaskOutcome } from '../../../core/lifecycle/up.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Service } from '../../../core/service/service.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import {
  createTestHost,
  type TestHost,
  type TestHostOptions,
} from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { image } from '../../rig/kernel.ts';

export const away = new DevServicesError({
  code: 'DS_TEST_AWAY',
  blame: 'environment',
  message: 'No engine answers.',
  hint: 'Start it.',
});

const [sql] = await freePorts(1);
export const local = { kind: 'process' } as const;

export const db: Service = {
  run: { docker: image(), local },
  ports: { sql: { container: 5432, host: sql } },
  exports: { DATABASE_URL: 'postgres://{address.sql}' },
};

/** A database by either runner, who uses it from either side, and somebody who does not. */
export const services: Record<string, Service> = {
  db,
  inside: { run: image(), dependsOn: ['db'] },
  beside: { run: local, dependsOn: ['db'] },
  other: { run: image() },
};

/** Two kinds of runners: the containers of the test host, and processes. */
export function open(given: Record<string, Service> = services) {
  const processes = createFakeRunner('process');
  const brings = definePlugin({
    name: 'local',
    setup: (ctx) => ctx.runner('process', () => processes, z.looseObject({})),
  });
  const config: Config = { plugins: [brings], services: given };
  return { host: createTestHost({ config }), processes };
}

export const toggle = ({ host }: TestHost, key: string, service = 'db'): Promise<TaskOutcome> =>
  host.toggle({ service, key });

/** What the database is pinned to, as the next command will read it. */
export function pinOf({ root, host }: TestHost): string | undefined {
  const [checkout] = listCheckouts({ HOME: root, XDG_STATE_HOME: `${root}/.state` });
  return checkout && readPins(checkout, host.project.project).get('db');
}

/** The next command on the same folder; the one before is over. */
export async function next(
  host: TestHost,
  options: Partial<TestHostOptions> = {},
): Promise<TestHost> {
  await host.host.close();
  return host.again(undefined, options);
}

/** What was changed, in order. */
export const done = (calls: readonly string[], from = 0): string[] =>
  calls.slice(from).filter((call) => /^(prepare|start|stop|remove) /.test(call));
