import { z } from 'devservices';
import { createFakeClock, type FakeClock } from 'devservices/testing';
import { expect, test } from 'vitest';
import type { ApiClient, StreamOptions } from '../../../../plugins/control-api/client.ts';
import type { StreamEvent } from '../../../../plugins/control-api/route-spec.ts';
import { defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi } from '../../../rig/control-api.ts';

/** A route that streams one event, and then waits until it is over. */
async function open(access: 'known' | { permission: string }) {
  const clock = createFakeClock();
  let isOver = false;
  const route = defineRoute(
    {
      method: 'GET',
      path: '/waits',
      tag: 'test',
      summary: 'Waits',
      access,
      answer: { kind: 'stream', description: 'One', schema: z.string() },
    },
    async function* ({ signal }) {
      yield { data: 'first' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      isOver = true;
    },
  );
  const rig = await openTestApi({ clock, routes: [route] });
  await rig.addUser('ada', { superuser: true, permissions: ['services.write'] });
  return { ...rig, clock, isOver: () => isOver };
}

interface Read {
  first: Promise<void>;
  ended: Promise<unknown>;
}

function read(client: ApiClient, options: StreamOptions = {}): Read {
  const stream = client.stream as (path: string, given: object) => AsyncIterable<StreamEvent>;
  let onFirst = (): void => {};
  const first = new Promise<void>((resolve) => (onFirst = resolve));
  const run = async (): Promise<unknown> => {
    try {
      for await (const { data } of stream('/waits', options)) {
        expect(data).toBe('first');
        onFirst();
      }
      return undefined;
    } catch (thrown) {
      return thrown;
    }
  };
  return { first, ended: run() };
}

// What goes on between the two ends of a stream takes turns of the event loop, and none of this clock's time.
async function until(isDone: () => boolean, clock: FakeClock): Promise<void> {
  while (!isDone()) await clock.advance(0);
}

test('a stream ends when its token is revoked', async () => {
  const { api, addToken, revoke, isOver, clock } = await open('known');
  const token = await addToken({ name: 'ci', user: 'ada' });
  const { first, ended } = read(api.client({ as: { token } }));
  await first;
  await clock.advance(20_000);
  expect(isOver()).toBe(false);
  await revoke('ci');
  expect(await ended).toMatchObject({ code: 'DS_API_STREAM_REFUSED' });
  await until(isOver, clock);
});

test('a stream ends when its user may not read it any more', async () => {
  const { api, test: host, isOver, clock } = await open({ permission: 'services.write' });
  const { first, ended } = read(api.client({ as: { user: 'ada' } }), { superuser: true });
  await first;
  const register = await host.host.use('permissions');
  await register.remove({ user: 'ada', permission: 'services.write', by: 'os:test' });
  let error: unknown;
  void ended.then((thrown) => (error = thrown));
  await clock.advance(9_999);
  expect(isOver()).toBe(false);
  // The store is asked, which takes a while.
  await clock.advance(1);
  await until(() => error !== undefined, clock);
  expect(error).toMatchObject({ code: 'DS_API_STREAM_REFUSED' });
  await until(isOver, clock);
});

test('a stream ends with who reads it, and with the API', async () => {
  for (const end of ['reader', 'api'] as const) {
    const { api, isOver, clock } = await open('known');
    const stop = new AbortController();
    const { first, ended } = read(api.client({ as: 'owner' }), { signal: stop.signal });
    await first;
    if (end === 'api') api.close();
    else stop.abort(new Error('enough'));
    await until(isOver, clock);
    stop.abort(new Error('enough'));
    expect(await ended).toMatchObject({ message: 'enough' });
  }
});

test('many streams at a time leave nothing behind', async () => {
  const { api, isOver, clock } = await open('known');
  const stop = new AbortController();
  const all = Array.from({ length: 30 }, () =>
    read(api.client({ as: 'owner' }), { signal: AbortSignal.any([stop.signal]) }),
  );
  await Promise.all(all.map(({ first }) => first));
  stop.abort(new Error('enough'));
  const reasons = await Promise.all(all.map(({ ended }) => ended));
  expect(reasons).toEqual(all.map(() => new Error('enough')));
  await until(isOver, clock);
  await until(() => clock.sleeping === 0, clock);
});
