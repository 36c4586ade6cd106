import { container, ready } from 'devservices';
import { describe, expect, test } from 'vitest';
import { clientOf } from './client-of.ts';
import { openTestApi } from '../../rig/control-api.ts';
import { clientSuite } from './client-suite.ts';
import { streamSuite } from './stream-suite.ts';
import type { SuiteGround } from './suite-ground.ts';

const image = () => container({ image: 'x' });

const services = {
  db: { run: image(), ports: { sql: 5432 } },
  web: { run: image(), ports: { http: 3000 }, dependsOn: { db: 'ready' as const } },
  slow: {
    run: image(),
    ports: { http: 3001 },
    ready: ready.port('http'),
    autoStart: false,
  },
  broken: { run: image(), autoStart: false },
};

describe.each(['in-process', 'over HTTP'] as const)('%s', (way) => {
  test.each(Object.entries({ ...clientSuite, ...streamSuite }))('%s', async (_title, run) => {
    expect.hasAssertions();
    await run(await openGround(way));
  });
});

async function openGround(way: 'in-process' | 'over HTTP'): Promise<SuiteGround> {
  const { api, test: repo, addUser, addToken, revoke } = await openTestApi({ services });
  const { runner } = repo;
  runner.setListening('slow', false);
  runner.exit('broken', 3);
  for (const [index, service] of ['db', 'web'].entries()) {
    runner.setStats(service, {
      cpuMs: 10 * index,
      memoryBytes: 1000,
      memoryLimitBytes: null,
      networkReceivedBytes: 1,
      networkSentBytes: null,
      processes: 1,
    });
  }
  return {
    client: way === 'in-process' ? api.client : clientOf(await api.listen()),
    addUser,
    addToken,
    revoke,
    lives: async () =>
      Object.fromEntries(
        [...runner.instances]
          .filter(([, { status }]) => status === 'running')
          .map(([service, { id, generation }]) => [service, `${id} ${generation}`]),
      ),
    wake: async () => runner.setListening('slow', true),
    say: async (line) => runner.writeLog('web', line, new Date().toISOString()),
  };
}
