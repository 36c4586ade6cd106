import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { attemptLock } from '../../../core/identity/lock-folder.ts';
import { identifyProcess } from '../../../core/identity/process-identity.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { column, image } from '../../rig/kernel.ts';

const config: Config = {
  services: {
    db: { run: image() },
    api: { run: image(), dependsOn: ['db'] },
    web: { run: image(), dependsOn: { api: { condition: 'ready', restart: true } } },
  },
};

/** A second command on a folder where all runs, and what it does from then on. */
async function afterUp() {
  const clock = createFakeClock();
  const runner = createFakeRunner('container', { now: clock.now });
  const first = createTestHost({ config, clock, runner });
  await first.up();
  await first.host.close();
  await clock.advance(1000);
  const from = runner.calls.length;
  const done = () =>
    runner.calls.slice(from).filter((call) => /^(prepare|start|stop|remove) /.test(call));
  return { clock, host: first.again(), done };
}

/** Another living process works on the checkout; gives how it ends its work. */
function holdLock({ root, host }: TestHost): () => void {
  const parent = identifyProcess(process.ppid);
  if (!parent) throw new Error('the parent process is gone');
  const path = join(root, '.state', 'devservices', host.project.checkout, 'lock');
  const held = attemptLock(path, { ...parent, task: 'restart', since: 0 });
  if (!('release' in held)) throw new Error('the lock was not free');
  return held.release;
}

const waits = ({ host }: TestHost): Promise<void> =>
  new Promise((resolve) => {
    const leave = host.events.subscribe((event) => {
      if (event.event !== 'message' || !event.text.startsWith('Waiting for `restart`')) return;
      leave();
      resolve();
    });
  });

test('what another restart started while this one waited is left alone, and it is said', async () => {
  const { clock, host, done } = await afterUp();
  await using closing = host;
  await closing.host.configure();
  const release = holdLock(host);
  const waiting = waits(host);
  const restarted = host.up({ restart: ['db', 'api'] });
  await waiting;
  await clock.advance(1000);
  // The other one has come to api and web so far.
  for (const name of ['api', 'web']) host.runner.change(name, { startedAt: clock.now() });
  release();
  const { services } = await restarted;
  expect(done()).toEqual(['stop db', 'start db']);
  expect(services['api']).toMatchObject({
    action: 'unchanged',
    state: 'ready',
    reason: { code: 'restarted', text: 'restarted meanwhile by another task' },
  });
  expect(column({ services }, 'action')).toEqual({
    db: 'started',
    api: 'unchanged',
    web: 'unchanged',
  });
});

test('what began before a restart was asked for is restarted, however long it waited', async () => {
  const { clock, host, done } = await afterUp();
  await using closing = host;
  await closing.host.configure();
  const release = holdLock(host);
  const waiting = waits(host);
  const restarted = host.up({ restart: ['web'] });
  await waiting;
  await clock.advance(60_000);
  release();
  await restarted;
  expect(done()).toEqual(['stop web', 'start web']);
});

test('a task may say when it was asked for; what does not tell its start is restarted', async () => {
  const { clock, host, done } = await afterUp();
  await using closing = host;
  const askedAt = clock.now();
  closing.runner.change('db', { startedAt: askedAt + 1 });
  const { services } = await host.up({ restart: ['db'], askedAt });
  expect(services['db']?.reason.code).toBe('restarted');
  expect(done()).toEqual([]);
  host.runner.change('db', { startedAt: undefined } as object);
  await using again = host.again();
  await again.up({ restart: ['db'], askedAt });
  expect(done()).toEqual(['stop db', 'start db']);
});
