import { expect, test } from 'vitest';
import { reachState } from '../../../../plugins/workstations/connect/reach-state.ts';
import { transient } from '../fake-provider.ts';
import { go, limitMs, prepare } from './reach-rig.ts';
import { walkUntil } from './walk-until.ts';

test('pauses grow from a second to 15 s', async () => {
  const { clock, provider, reach } = prepare({ goal: 'running', sights: ['starting'] });
  const times: number[] = [];
  const look = provider.look.bind(provider);
  reach.provider = {
    ...provider,
    look(which, signal) {
      times.push(clock.monotonic());
      return look(which, signal);
    },
  };
  await walkUntil(clock, reachState(reach));
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(pauses.slice(0, 4)).toEqual([1000, 1500, 2250, 3375]);
  expect(Math.max(...pauses)).toBe(15_000);
  expect(times.length).toBeLessThan(100);
});

test('what is waited for is said at each change, and at least each 30 s with how long it took', async () => {
  const { said } = await go({ goal: 'running', sights: ['stopped'], after: ['starting'] });
  expect(said[0]?.text).toBe('Starting box (at most 20 m 0 s)');
  expect(said[1]?.text).toBe('box is starting; waiting until it runs (at most 20 m 0 s)');
  expect(said[2]?.text).toBe('box is starting; waiting until it runs (30.0 s of at most 20 m 0 s)');
  const gaps = said.slice(1).map(({ atMs }, index) => atMs - (said[index]?.atMs ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
  expect(said.at(-1)?.atMs).toBeGreaterThanOrEqual(limitMs - 30_000);
});

test('also while one look has no answer', async () => {
  const { said } = await go({ goal: 'running', sights: ['starting', 'hang'] });
  expect(said.length).toBe(limitMs / 30_000);
});

test('an unknown state is said in its own word, which moves no cursor', async () => {
  const { texts, ending } = await go({ goal: 'running', sights: ['STATE_\u001b[2J'] });
  expect(texts[0]).toContain('box is STATE_�[2J, a state that is not known; waiting');
  expect(String(ending.error)).toContain('STATE_�[2J');
  expect(ending.tookMs).toBeGreaterThanOrEqual(60_000);
  expect(ending.tookMs).toBeLessThan(90_000);
});

test('a time-out has the limit, what was seen last, why looks failed, and what to type', async () => {
  const { ending } = await go({
    goal: 'running',
    sights: ['starting', transient('HTTP 503: the service is unavailable')],
  });
  expect(ending.error).toMatchObject({
    code: 'DS_WORKSTATION_TIMEOUT',
    blame: 'outcome',
    message: expect.stringMatching(/20 m 0 s.*It was starting\..*HTTP 503.*goes on there/s),
    hint: expect.stringContaining('devservices workstations status box'),
    cause: new Error('all of HTTP 503: the service is unavailable'),
  });
});

test('what fails for good fails at once, as the provider said it', async () => {
  const denied = new Error('permission denied');
  const looks = await go({ goal: 'running', sights: [denied] });
  expect(looks.ending).toEqual({ error: denied, tookMs: 0 });
  const starts = await go({ goal: 'running', sights: ['stopped'], asked: [denied] });
  expect(starts.ending).toEqual({ error: denied, tookMs: 0 });
});

test('an interruption ends it with its reason, and nothing is asked after it', async () => {
  for (const sights of [['starting'], ['hang'], ['stopping', 'hang']] as const) {
    const { clock, provider, reach, abort } = prepare({ goal: 'running', sights });
    const work = reachState(reach);
    work.catch(() => {});
    await clock.advance(40_000);
    const reason = new Error('interrupted');
    abort.abort(reason);
    await expect(work).rejects.toBe(reason);
    const before = provider.calls.length;
    provider.show('box', 'stopped');
    await clock.advance(limitMs * 2);
    expect(provider.calls.length).toBe(before);
    expect(clock.sleeping).toBe(0);
  }
});

test('a look that is answered after the interruption starts nothing', async () => {
  const { clock, provider, reach, abort } = prepare({ goal: 'running', sights: [] });
  let answer = (): void => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  provider.show('box', 'stopped');
  const look = provider.look.bind(provider);
  reach.provider = { ...provider, look: (...given) => late.then(() => look(...given)) };
  const work = reachState(reach);
  abort.abort(new Error('interrupted'));
  await expect(work).rejects.toThrow('interrupted');
  answer();
  await clock.advance(limitMs);
  expect(provider.count('start box')).toBe(0);
});

test('time that was spent before counts', async () => {
  const { clock, reach } = prepare({ goal: 'running', sights: ['starting'] });
  await clock.advance(1_000_000);
  const ending = await walkUntil(clock, reachState(reach));
  expect(ending.tookMs).toBe(200_000);
});

test('what was just seen is not looked at again', async () => {
  const { clock, provider, reach } = prepare({ goal: 'running', sights: ['running'] });
  const seen = await provider.look(reach.which, reach.signal);
  const before = provider.calls.length;
  await walkUntil(clock, reachState({ ...reach, seen }));
  expect(provider.calls.length).toBe(before);
});
