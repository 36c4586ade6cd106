import { isDevServicesError } from 'devservices';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import type { Goal, Reach } from '../../../../plugins/workstations/connect/reach.ts';
import { reachState } from '../../../../plugins/workstations/connect/reach-state.ts';
import { startTimeLimit } from '../../../../plugins/workstations/connect/time-limit.ts';
import { createFakeProvider, fakeScope, type Sight, transient } from '../fake-provider.ts';
import { walkUntil } from './walk-until.ts';

const limitMs = 300_000;

const states = ['starting', 'running', 'stopping', 'stopped'] as const;
const sight: fc.Arbitrary<Sight> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Sight>(...states) },
  { weight: 3, arbitrary: fc.constantFrom<Sight>('gone', 'other', 'STATE_NEW', 'unknown') },
  { weight: 1, arbitrary: fc.constant<Sight>('hang') },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }).map((reason) => transient(reason)) },
);
const sights = fc.array(sight, { minLength: 1, maxLength: 12 });

const calls = { running: 'start box', stopped: 'stop box', gone: 'delete box' } as const;
const others = {
  running: [calls.stopped, calls.gone],
  stopped: [calls.running, calls.gone],
  gone: [],
};

const codes = ['FAILED', 'GONE', 'STATE_UNKNOWN', 'TIMEOUT'].map((end) => `DS_WORKSTATION_${end}`);

test('whatever is seen, it ends in time, having been asked at most once, and as it was wanted or with a reason', async () => {
  const way = fc.record({
    goal: fc.constantFrom<Goal>('running', 'stopped', 'gone'),
    before: sights,
    after: sights,
    isNew: fc.boolean(),
  });
  const property = fc.asyncProperty(way, async ({ goal, before, after, isNew }) => {
    const clock = createFakeClock();
    const provider = createFakeProvider();
    provider.show('box', ...before);
    provider.showAfter(calls[goal], ...after);
    let quietSinceMs = 0;
    const reach: Reach = {
      provider,
      goal,
      which: { name: 'box', scope: fakeScope },
      isNew,
      limit: startTimeLimit(clock, limitMs),
      clock,
      say() {
        expect(clock.monotonic() - quietSinceMs).toBeLessThanOrEqual(30_000);
        quietSinceMs = clock.monotonic();
      },
      signal: new AbortController().signal,
    };
    const { value, error, tookMs } = await walkUntil(clock, reachState(reach as Reach<'running'>));
    expect(tookMs).toBeLessThanOrEqual(limitMs + 500);
    expect(provider.count(calls[goal])).toBeLessThanOrEqual(1);
    for (const other of others[goal]) expect(provider.count(other)).toBe(0);
    const end = isDevServicesError(error) ? error.code : (error ?? value?.state ?? 'gone');
    expect([goal, ...codes]).toContain(end);
    // Nothing is left that waits.
    expect(clock.sleeping).toBe(0);
  });
  await fc.assert(property, { numRuns: 300, seed: 8 });
});

test('questions that fail for now are repeated after a look each, until one is taken', async () => {
  const way = fc.record({
    goal: fc.constantFrom<Goal>('running', 'stopped', 'gone'),
    failures: fc.nat(8),
  });
  const property = fc.asyncProperty(way, async ({ goal, failures }) => {
    const clock = createFakeClock();
    const provider = createFakeProvider();
    const from = goal === 'stopped' ? 'running' : 'stopped';
    provider.show('box', from);
    provider.showAfter(calls[goal], goal);
    provider.fail(calls[goal], ...Array.from({ length: failures }, () => transient('HTTP 503')));
    const reach: Reach = {
      provider,
      goal,
      which: { name: 'box', scope: fakeScope },
      limit: startTimeLimit(clock, limitMs),
      clock,
      say: () => {},
      signal: new AbortController().signal,
    };
    const { error } = await walkUntil(clock, reachState(reach as Reach<'running'>));
    expect(error).toBeUndefined();
    expect(provider.count(calls[goal])).toBe(failures + 1);
    const before = provider.calls.filter((_, index) => provider.calls[index + 1] === calls[goal]);
    expect(new Set(before)).toEqual(new Set(['look box']));
  });
  await fc.assert(property, { numRuns: 40, seed: 9 });
});
