import { z } from 'devservices';
import { createFakeClock } from 'devservices/testing';
import { expect, test } from 'vitest';
import type { ApiClient, RawCallOptions } from '../../../../plugins/control-api/client.ts';
import { createClient } from '../../../../plugins/control-api/client/create-client.ts';
import { defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi } from '../../../rig/control-api.ts';
import { invalid, recordCalls } from './record-calls.ts';

async function openSlow() {
  const clock = createFakeClock();
  const seen: { wasAborted?: boolean; ended?: boolean } = {};
  let finish = (): void => {};
  const rig = await openTestApi({
    isBare: true,
    clock,
    routes: [
      defineRoute(
        {
          method: 'POST',
          path: '/slow',
          tag: 'test',
          summary: 'Waits',
          access: 'anybody',
          answer: { kind: 'json', description: 'It', schema: z.string() },
        },
        async ({ signal }) => {
          await new Promise<void>((resolve) => {
            finish = resolve;
            arrived();
          });
          seen.wasAborted = signal.aborted;
          seen.ended = true;
          return 'done';
        },
      ),
    ],
  });
  let arrived = (): void => {};
  const started = new Promise<void>((resolve) => (arrived = resolve));
  const slow = (client: ApiClient, options?: RawCallOptions) =>
    client.request('POST', '/slow', options);
  return { ...rig, clock, seen, started, slow, finish: () => finish() };
}

/** What a call is rejected with; it is awaited later. */
function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

test('a call that takes too long is given up by who made it, and goes on by itself', async () => {
  const { api, clock, seen, started, slow, finish } = await openSlow();
  const call = slow(api.client({ timeoutMs: 9_000 }), { timeoutMs: 5_000 });
  const failed = failureOf(call);
  await started;
  await clock.advance(4_999);
  expect(clock.sleeping).toBeGreaterThan(0);
  await clock.advance(1);
  expect(await failed).toMatchObject({
    code: 'DS_API_TIMEOUT',
    status: 0,
    method: 'POST',
    path: '/api/0/slow',
  });
  finish();
  await clock.advance(0);
  expect(seen).toEqual({ wasAborted: false, ended: true });
});

test('the time-out of a client counts where a call has none, and 120 seconds where neither has', async () => {
  for (const [options, ms] of [
    [{ timeoutMs: 9_000 }, 9_000],
    [{}, 120_000],
  ] as const) {
    const { api, clock, started, slow, finish } = await openSlow();
    const call = slow(api.client(options));
    const failed = failureOf(call);
    let isOver = false;
    void call.catch(() => (isOver = true));
    await started;
    await clock.advance(ms - 1);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await failed).toMatchObject({ code: 'DS_API_TIMEOUT' });
    finish();
  }
});

test('a time-out that is no time is refused, and one without an end has none', async () => {
  const { client, clock } = recordCalls();
  for (const timeoutMs of [-1, Number.NaN]) {
    await expect(client.request('GET', '/x', { timeoutMs })).rejects.toMatchObject({
      code: invalid,
    });
  }
  await client.request('GET', '/x', { timeoutMs: Number.POSITIVE_INFINITY });
  expect(clock.sleeping).toBe(0);
});

test('a call that is aborted throws the reason at once; before it begins, nothing is sent', async () => {
  const { api, started, slow, finish, seen, clock } = await openSlow();
  const reason = new Error('no longer');
  const stop = new AbortController();
  const call = slow(api.client(), { signal: stop.signal });
  const failed = failureOf(call);
  await started;
  stop.abort(reason);
  expect(await failed).toBe(reason);
  finish();
  await clock.advance(0);
  expect(seen.wasAborted).toBe(false);
  const { client, sent } = recordCalls();
  await expect(client.request('GET', '/x', { signal: stop.signal })).rejects.toBe(reason);
  expect(sent).toEqual([]);
});

test('what is under way learns that the API closes', async () => {
  const { api, started, slow, finish, seen } = await openSlow();
  const call = slow(api.client());
  await started;
  api.close();
  finish();
  expect((await call).body).toBe('done');
  expect(seen.wasAborted).toBe(true);
});

test('an answer that comes too late is let go of: no stream stays open by it', async () => {
  const clock = createFakeClock();
  let isCancelled = false;
  let answer: (response: Response) => void = () => {};
  const send = () => new Promise<Response>((resolve) => (answer = resolve));
  const call = createClient({ send, clock }).request('GET', '/x', { timeoutMs: 10 });
  const failed = failureOf(call);
  await clock.advance(10);
  expect(await failed).toMatchObject({ code: 'DS_API_TIMEOUT' });
  answer(new Response(new ReadableStream({ cancel: () => void (isCancelled = true) })));
  await clock.advance(0);
  expect(isCancelled).toBe(true);
});
