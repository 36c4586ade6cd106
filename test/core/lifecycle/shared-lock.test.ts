import { expect, test } from 'vitest';
import { createSharedLock } from '../../../core/lifecycle/shared-lock.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, told } from '../../rig/kernel.ts';

const config = { services: { db: { run: image() } } };

/** Resolves when it says that it waits for the `up` of another host. */
const waits = ({ host }: TestHost): Promise<void> =>
  new Promise((resolve) => {
    host.events.subscribe((event) => {
      if (event.event === 'message' && event.text.startsWith('Waiting for `up`')) resolve();
    });
  });

test('the checkout is free as soon as `up` is over, while its host goes on', async () => {
  await using first = createTestHost({ config });
  await first.up();
  const second = first.again();
  expect((await second.up()).services['db']?.action).toBe('unchanged');
  await second.host.down({});
  const third = first.again();
  expect((await third.up()).services['db']?.action).toBe('created');
  expect((await first.up()).services['db']?.action).toBe('unchanged');
  await second.host.close();
  await third.host.close();
});

test('the checkout is not free before `afterHealth` is over, and is after a plan that failed', async () => {
  await using first = createTestHost({ config });
  await first.host.configure();
  const up = await first.host.plan({ pull: 'missing', removeOrphans: false });
  const second = first.again();
  const waiting = waits(second);
  const done: string[] = [];
  const next = second.up().then(({ services }) => {
    done.push('second');
    return services['db']?.action;
  });
  await waiting;
  await up.beforeUp();
  await up.start();
  await up.health();
  done.push('first');
  await up.afterHealth();
  expect(await next).toBe('unchanged');
  expect(done).toEqual(['first', 'second']);
  expect(await codesOf(second.up({ services: ['bd'] }))).toEqual(['DS_SERVICE_UNKNOWN']);
  expect((await first.up()).errors).toEqual([]);
  await second.host.close();
});

test('two at once in one host share the lock, and the last gives it up', async () => {
  await using opened = createTestHost({
    config: { services: { a: { run: image() }, b: { run: image() } } },
  });
  const goOn = opened.runner.holdOn('start b');
  const both = [opened.up({ services: ['a'] }), opened.up({ services: ['b'] })];
  await both[0];
  const other = opened.again();
  const waiting = waits(other);
  const done: string[] = [];
  const next = other.up().then(({ errors }) => {
    done.push('other');
    return errors;
  });
  await waiting;
  goOn();
  await both[1]?.then(() => done.push('second'));
  expect(await next).toEqual([]);
  expect(done).toEqual(['second', 'other']);
  expect(told(opened.events).filter((line) => line === 'phase-started lock')).toHaveLength(1);
  await other.host.close();
});

test('who could not take it leaves it to be taken', async () => {
  const released: string[] = [];
  const attempts = [() => Promise.reject(new Error('busy')), () => Promise.resolve()];
  const lock = createSharedLock(async (task) => {
    await attempts.shift()?.();
    return { release: () => void released.push(task) };
  });
  await expect(lock.take('one')).rejects.toThrow('busy');
  const giveUp = await lock.take('two');
  expect(released).toEqual([]);
  giveUp();
  giveUp();
  expect(released).toEqual(['two']);
  await lock.during('three', () => Promise.reject(new Error('oh'))).catch(() => {});
  expect(released).toEqual(['two', 'three']);
});
