import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { serviceErrors } from '../../../core/errors/catalogue/service.ts';
import { container } from '../../../core/run/run.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';

const configure = (appImage = 'app'): Config => ({
  services: {
    db: {
      run: { docker: container({ image: 'db' }) },
      ports: { sql: { container: 5432, host: 'auto' } },
    },
    app: { run: container({ image: appImage }), dependsOn: ['db'] },
    mail: { run: container({ image: 'mail' }), autoStart: false },
  },
});
const config = configure();

test('a preview says what up would do, and what it leaves out', async () => {
  await using first = createTestHost({ config });
  expect(await actionsOf(first)).toEqual({ db: 'create', app: 'create' });
  await first.up();
  const next = first.again(configure('app:2'));
  expect(await actionsOf(next)).toEqual({ db: 'unchanged', app: 'recreate' });
  const { left } = await next.host.preview({});
  expect(left).toMatchObject({ mail: { code: 'auto-start-off' } });
  await next.host.close();
});

test('a preview leaves no trace: no pin, no port, no event in the journal', async () => {
  await using repo = createTestHost({ config });
  await repo.host.configure();
  const before = stateOf(repo);
  const { services } = await repo.host.preview({});
  expect(services['db']?.ports[0]?.host).toBeGreaterThanOrEqual(20_000);
  expect(stateOf(repo)).toEqual(before);
  expect(repo.runner.calls).toEqual(['observe']);
});

test('a preview waits for no task that holds the lock', async () => {
  await using repo = createTestHost({ config });
  const release = repo.runner.holdOn('start db');
  const under = repo.up();
  await repo.host.configure();
  const other = repo.again();
  while (!repo.runner.calls.includes('start db')) await new Promise(setImmediate);
  expect(await actionsOf(other)).toEqual({ db: 'start', app: 'start' });
  release();
  expect((await under).errors).toEqual([]);
  await other.host.close();
});

test('a preview starts no engine, whatever the configuration allows', async () => {
  await using repo = createTestHost({ config: { ...config, engine: { start: 'auto' } } });
  const away = serviceErrors.create('DS_RUNNER_MISSING', {
    service: 'db',
    kind: 'container',
    known: [],
  });
  repo.runner.setAvailable(away);
  let started = 0;
  repo.runner.findStarter = async () => ({
    what: 'the engine',
    command: 'start it',
    start: async () => void (started += 1),
  });
  await expect(repo.host.preview({})).rejects.toThrow(away.message);
  expect(started).toBe(0);
});

async function actionsOf({ host }: TestHost): Promise<Record<string, string>> {
  const { services } = await host.preview({});
  return Object.fromEntries(Object.entries(services).map(([name, { action }]) => [name, action]));
}

/** Every file of the state and what is in it. */
function stateOf({ root }: TestHost): Record<string, string> {
  const home = join(root, '.state');
  const files = readdirSync(home, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile() && file.name !== 'hmac-key')
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );
}
