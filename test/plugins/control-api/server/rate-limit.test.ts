import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing.ts';
import { createRateLimit } from '../../../../plugins/control-api/server/rate-limit.ts';
import { usualLimits } from '../../../../plugins/control-api/server/limits.ts';
import { codeOf, headersOf, serve, statusOf } from './served.ts';

const take = (limit: { take(key: string): number }, key: string, count: number): number[] =>
  Array.from({ length: count }, () => limit.take(key));

test('a burst, then as many as a second has', async () => {
  const clock = createFakeClock();
  const limit = createRateLimit({ rate: { perSecond: 2, burst: 3 }, clock });
  expect(take(limit, 'a', 5)).toEqual([0, 0, 0, 500, 500]);
  await clock.advance(375);
  expect(limit.take('a')).toBe(125);
  await clock.advance(125);
  expect(take(limit, 'a', 2)).toEqual([0, 500]);
  await clock.advance(60_000);
  expect(take(limit, 'a', 4)).toEqual([0, 0, 0, 500]);
});

test('one key takes nothing from another', () => {
  const limit = createRateLimit({ rate: { perSecond: 1, burst: 1 }, clock: createFakeClock() });
  expect(take(limit, 'a', 2)).toEqual([0, 1000]);
  expect(take(limit, 'b', 2)).toEqual([0, 1000]);
});

test('of many keys the one that was not seen for the longest is forgotten', () => {
  const clock = createFakeClock();
  const limit = createRateLimit({ rate: { perSecond: 1, burst: 1 }, clock, maxKeys: 2 });
  expect([limit.take('a'), limit.take('b'), limit.take('a')]).toEqual([0, 0, 1000]);
  expect(limit.take('c')).toBe(0);
  // `b` was forgotten, and `a` was not.
  expect([limit.take('a'), limit.take('b')]).toEqual([1000, 0]);
});

test('who reads too often is told when to come again, and nobody else notices', async () => {
  const clock = createFakeClock();
  const served = await serve({ clock, limits: { reads: { perSecond: 1, burst: 2 } } });
  const ask = (token?: string) =>
    served.send(served.request({ headers: token ? [`Authorization: Bearer ${token}`] : [] }));
  expect([await served.ask(), await served.ask()]).toEqual([200, 200]);
  const refused = ask();
  await until(() => served.audited.length > 0, clock);
  expect(codeOf(await refused)).toBe('DS_API_TOO_MANY');
  expect(statusOf(await refused)).toBe(429);
  expect(headersOf(await refused)).toMatchObject({ 'retry-after': '1' });
  expect(served.audited).toMatchObject([{ status: 429, path: '/api/0/health' }]);

  expect(statusOf(await ask(served.server.token))).toBe(200);
  await clock.advance(1000);
  expect(await served.ask()).toBe(200);
});

test('writes are counted apart from reads', async () => {
  const served = await serve({ limits: { writes: { perSecond: 0.01, burst: 1 } } });
  const post = () =>
    served.send(served.request({ line: 'POST /api/0/x HTTP/1.1', headers: ['Content-Length: 0'] }));
  expect(statusOf(await post())).toBe(200);
  expect(headersOf(await post())).toMatchObject({ 'retry-after': '100' });
  expect(await served.ask()).toBe(200);
});

test('many wrong tokens are refused with less and less ado, and the good ones go on', async () => {
  const served = await serve({ clock: createFakeClock() });
  const ask = async (token: string) =>
    statusOf(await served.send(served.request({ headers: [`Authorization: Bearer ${token}`] })));
  const statuses: number[] = [];
  for (let index = 0; index < 30; index += 1) {
    statuses.push(await ask(`wrong-${index}`));
    expect(await ask(served.server.token)).toBe(200);
  }
  const { burst } = usualLimits.refusals;
  expect(statuses).toEqual([
    ...Array.from({ length: burst }, () => 401),
    ...Array.from({ length: 30 - burst }, () => 429),
  ]);
});

// What is refused is given a while of the clock's to send what is left.
async function until(
  isSo: () => boolean,
  clock: { advance(ms: number): Promise<void> },
): Promise<void> {
  while (!isSo()) await clock.advance(0);
}
