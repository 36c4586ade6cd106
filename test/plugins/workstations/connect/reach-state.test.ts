import { isDevServicesError } from 'devservices';
import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import type { Goal, Reach } from '../../../../plugins/workstations/connect/reach.ts';
import { reachState } from '../../../../plugins/workstations/connect/reach-state.ts';
import { startTimeLimit } from '../../../../plugins/workstations/connect/time-limit.ts';
import { createFakeProvider, fakeScope, type Sight, transient } from '../fake-provider.ts';
import { type Ending, walkUntil } from './walk-until.ts';

const limitMs = 1_200_000;

interface Given {
  goal: Goal;
  sights: readonly Sight[];
  /** What is seen once it was asked; absent: what was to be seen anyway. */
  after?: readonly Sight[];
  asked?: readonly (Error | 'hang')[];
  isNew?: boolean;
}

const calls = { running: 'start box', stopped: 'stop box', gone: 'delete box' } as const;

/** A whole way, with a clock and a provider of its own. */
function set({ goal, sights, after, asked = [], isNew = false }: Given) {
  const clock = createFakeClock();
  const provider = createFakeProvider();
  const said: { text: string; atMs: number }[] = [];
  const abort = new AbortController();
  provider.show('box', ...sights);
  if (after) provider.showAfter(calls[goal], ...after);
  provider.fail(calls[goal], ...asked);
  const reach = {
    provider,
    goal,
    which: { name: 'box', scope: fakeScope },
    isNew,
    limit: startTimeLimit(clock, limitMs),
    clock,
    say: (text: string) => void said.push({ text, atMs: clock.monotonic() }),
    signal: abort.signal,
  };
  return { reach, clock, provider, said, abort, asks: () => provider.count(calls[goal]) };
}

async function go(given: Given) {
  const way = set(given);
  const ending = await walkUntil(way.clock, reachState(way.reach as Reach<'running'>));
  return { ...way, ending, code: codeOf(ending), texts: way.said.map(({ text }) => text) };
}

const codeOf = ({ error }: Ending<unknown>): string | undefined =>
  isDevServicesError(error) ? error.code : undefined;

describe('every state, towards every other', () => {
  const ways: readonly (Given & { name: string; asks: number; ends: string })[] = [
    { name: 'runs already', goal: 'running', sights: ['running'], asks: 0, ends: 'running' },
    {
      name: 'stopped is started',
      goal: 'running',
      sights: ['stopped'],
      after: ['starting', 'starting', 'running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'started, and runs at once',
      goal: 'running',
      sights: ['stopped'],
      after: ['running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'started, and looks stopped for a while yet',
      goal: 'running',
      sights: ['stopped'],
      after: ['stopped', 'stopped', 'stopped', 'starting', 'running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'stopping is not started before it is stopped',
      goal: 'running',
      sights: ['stopping', 'stopping', 'stopping', 'stopped'],
      after: ['starting', 'running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'what somebody else started is waited for',
      goal: 'running',
      sights: ['starting', 'starting', 'running'],
      asks: 0,
      ends: 'running',
    },
    {
      name: 'what somebody else started and stopped is started',
      goal: 'running',
      sights: ['starting', 'stopping', 'stopped'],
      after: ['starting', 'running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'stopped again after our start',
      goal: 'running',
      sights: ['stopped'],
      after: ['starting', 'stopped'],
      asks: 1,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'stopping again after our start',
      goal: 'running',
      sights: ['stopped'],
      after: ['starting', 'stopping', 'stopping', 'stopped'],
      asks: 1,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'stopped for good, whatever it was asked',
      goal: 'running',
      sights: ['stopped'],
      asks: 1,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'never there',
      goal: 'running',
      sights: ['gone'],
      asks: 0,
      ends: 'DS_WORKSTATION_GONE',
    },
    {
      name: 'deleted while it starts',
      goal: 'running',
      sights: ['starting', 'starting', 'gone'],
      asks: 0,
      ends: 'DS_WORKSTATION_GONE',
    },
    {
      name: 'deleted and made anew by somebody else',
      goal: 'running',
      sights: ['starting', 'other'],
      asks: 0,
      ends: 'DS_WORKSTATION_GONE',
    },
    {
      name: 'a new one appears late',
      goal: 'running',
      isNew: true,
      sights: ['gone', 'gone', 'stopped'],
      after: ['starting', 'running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'a new one never appears',
      goal: 'running',
      isNew: true,
      sights: ['gone'],
      asks: 0,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'a new one appears, and is deleted',
      goal: 'running',
      isNew: true,
      sights: ['gone', 'starting', 'gone'],
      asks: 0,
      ends: 'DS_WORKSTATION_GONE',
    },
    {
      name: 'an unknown state passes',
      goal: 'running',
      sights: ['STATE_REPAIRING', 'STATE_REPAIRING', 'running'],
      asks: 0,
      ends: 'running',
    },
    {
      name: 'an unknown state stays',
      goal: 'running',
      sights: ['STATE_REPAIRING'],
      asks: 0,
      ends: 'DS_WORKSTATION_STATE_UNKNOWN',
    },
    {
      name: 'starting for ever',
      goal: 'running',
      sights: ['starting'],
      asks: 0,
      ends: 'DS_WORKSTATION_TIMEOUT',
    },
    {
      name: 'a look that is never answered',
      goal: 'running',
      sights: ['hang'],
      asks: 0,
      ends: 'DS_WORKSTATION_TIMEOUT',
    },
    {
      name: 'looks that fail for a while',
      goal: 'running',
      sights: [transient('HTTP 503'), transient('HTTP 429'), 'stopped'],
      after: [transient('HTTP 500'), 'starting', 'running'],
      asks: 1,
      ends: 'running',
    },
    {
      name: 'a start that fails for a while',
      goal: 'running',
      sights: ['stopped'],
      asked: [transient('HTTP 503'), transient('HTTP 503')],
      after: ['starting', 'running'],
      asks: 3,
      ends: 'running',
    },
    {
      name: 'a start whose answer was lost, and that was taken, is not asked for again',
      goal: 'running',
      sights: ['stopped', 'starting', 'stopped'],
      asked: [transient('no answer')],
      asks: 1,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'a start that is never answered',
      goal: 'running',
      sights: ['stopped'],
      asked: ['hang'],
      asks: 1,
      ends: 'DS_WORKSTATION_TIMEOUT',
    },
    { name: 'stopped already', goal: 'stopped', sights: ['stopped'], asks: 0, ends: 'stopped' },
    {
      name: 'running is stopped',
      goal: 'stopped',
      sights: ['running'],
      after: ['stopping', 'stopped'],
      asks: 1,
      ends: 'stopped',
    },
    {
      name: 'starting is not stopped before it runs',
      goal: 'stopped',
      sights: ['starting', 'starting', 'running'],
      after: ['stopping', 'stopped'],
      asks: 1,
      ends: 'stopped',
    },
    {
      name: 'what somebody else stops is waited for',
      goal: 'stopped',
      sights: ['stopping', 'stopped'],
      asks: 0,
      ends: 'stopped',
    },
    {
      name: 'runs again after our stop',
      goal: 'stopped',
      sights: ['running'],
      after: ['stopping', 'starting', 'running'],
      asks: 1,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'runs for good, whatever it was asked',
      goal: 'stopped',
      sights: ['running'],
      asks: 1,
      ends: 'DS_WORKSTATION_FAILED',
    },
    {
      name: 'deleted while it stops',
      goal: 'stopped',
      sights: ['stopping', 'gone'],
      asks: 0,
      ends: 'DS_WORKSTATION_GONE',
    },
    { name: 'gone already', goal: 'gone', sights: ['gone'], asks: 0, ends: 'gone' },
    ...(['starting', 'running', 'stopping', 'stopped', 'STATE_REPAIRING'] as const).map(
      (sight) => ({
        name: `${sight} is deleted`,
        goal: 'gone' as const,
        sights: [sight],
        after: [sight, sight, 'gone' as const],
        asks: 1,
        ends: 'gone',
      }),
    ),
    {
      name: 'deleted, and another one is made by somebody else',
      goal: 'gone',
      sights: ['stopped'],
      after: ['other'],
      asks: 1,
      ends: 'gone',
    },
    {
      name: 'never gone',
      goal: 'gone',
      sights: ['running'],
      asks: 1,
      ends: 'DS_WORKSTATION_TIMEOUT',
    },
    {
      name: 'a delete that fails for a while',
      goal: 'gone',
      sights: ['stopped'],
      asked: [transient('HTTP 500')],
      after: ['gone'],
      asks: 2,
      ends: 'gone',
    },
  ];

  for (const { name, asks, ends, ...given } of ways) {
    test(`${given.goal}: ${name}`, async () => {
      const { ending, code, asks: made } = await go(given);
      const end = code ?? ending.error ?? (ending.value as { state?: string } | undefined)?.state;
      expect(end ?? 'gone').toBe(ends);
      expect(made()).toBe(asks);
      expect(ending.tookMs).toBeLessThanOrEqual(limitMs + 500);
    });
  }
});

test('pauses grow from a second to 15 s', async () => {
  const { clock, provider, reach } = set({ goal: 'running', sights: ['starting'] });
  const times: number[] = [];
  const look = provider.look.bind(provider);
  reach.provider = {
    ...provider,
    look(which, signal) {
      times.push(clock.monotonic());
      return look(which, signal);
    },
  };
  await walkUntil(clock, reachState(reach as Reach<'running'>));
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
    const { clock, provider, reach, abort } = set({ goal: 'running', sights });
    const work = reachState(reach as Reach<'running'>);
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
  const { clock, provider, reach, abort } = set({ goal: 'running', sights: [] });
  let answer = (): void => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  provider.show('box', 'stopped');
  const look = provider.look.bind(provider);
  reach.provider = { ...provider, look: (...given) => late.then(() => look(...given)) };
  const work = reachState(reach as Reach<'running'>);
  abort.abort(new Error('interrupted'));
  await expect(work).rejects.toThrow('interrupted');
  answer();
  await clock.advance(limitMs);
  expect(provider.count('start box')).toBe(0);
});

test('time that was spent before counts', async () => {
  const { clock, reach } = set({ goal: 'running', sights: ['starting'] });
  await clock.advance(1_000_000);
  const ending = await walkUntil(clock, reachState(reach as Reach<'running'>));
  expect(ending.tookMs).toBe(200_000);
});

test('what was just seen is not looked at again', async () => {
  const { clock, provider, reach } = set({ goal: 'running', sights: ['running'] });
  const seen = await provider.look(reach.which, reach.signal);
  const before = provider.calls.length;
  await walkUntil(clock, reachState({ ...(reach as Reach<'running'>), seen }));
  expect(provider.calls.length).toBe(before);
});
