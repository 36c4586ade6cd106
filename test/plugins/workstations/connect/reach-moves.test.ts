import { describe, expect, test } from 'vitest';
import type { Goal } from '../../../../plugins/workstations/connect/reach.ts';
import { type Sight, transient } from '../fake-provider.ts';
import { calls, type Given, go, limitMs } from './reach-rig.ts';

/**
 * A name; what looks see, behind `>` once it was asked (`503`: a look that fails for now, `?503`: a
 * question that does, `?hang`: one without an answer); how often it was asked; how it ends.
 */
type Way = readonly [name: string, sights: string, asked: number, end: string];

const failed = 'DS_WORKSTATION_FAILED';
const gone = 'DS_WORKSTATION_GONE';
const unknown = 'DS_WORKSTATION_STATE_UNKNOWN';
const timeout = 'DS_WORKSTATION_TIMEOUT';

const ways: Readonly<Record<Goal, readonly Way[]>> = {
  running: [
    ['it runs already', 'running', 0, 'running'],
    ['stopped, it is started', 'stopped > starting starting running', 1, 'running'],
    ['started, it runs at once', 'stopped > running', 1, 'running'],
    ['started, it looks stopped yet', 'stopped > stopped stopped starting running', 1, 'running'],
    ['stopping, it stops first', 'stopping stopping stopped > starting running', 1, 'running'],
    ['somebody else started it', 'starting starting running', 0, 'running'],
    ['somebody else stops it first', 'starting stopping stopped > starting running', 1, 'running'],
    ['started, it stops again', 'stopped > starting stopped', 1, failed],
    ['started, it is stopped by hand', 'stopped > starting stopping stopping stopped', 1, failed],
    ['started, it stays stopped', 'stopped', 1, failed],
    ['it is not there', 'gone', 0, gone],
    ['it is deleted while it starts', 'starting starting gone', 0, gone],
    ['it is deleted after our start', 'stopped > starting gone', 1, gone],
    ['another one has its place', 'starting other', 0, gone],
    ['an unknown state passes', 'STATE_NEW STATE_NEW running', 0, 'running'],
    ['an unknown state stays', 'STATE_NEW', 0, unknown],
    ['an unknown state stays after our start', 'stopped > starting STATE_NEW', 1, unknown],
    ['it starts for ever', 'starting', 0, timeout],
    ['it stops for ever', 'stopping', 0, timeout],
    ['a look is never answered', 'hang', 0, timeout],
    ['looks fail for a while', '503 429 stopped > 500 starting running', 1, 'running'],
    ['looks fail for good', 'starting 503', 0, timeout],
    ['starts fail for a while', 'stopped > ?503 ?409 starting running', 3, 'running'],
    ['a start is never answered', 'stopped > ?hang', 1, timeout],
    ['the answer to a start is lost', 'stopped starting stopped > ?503', 1, failed],
  ],
  stopped: [
    ['it is stopped already', 'stopped', 0, 'stopped'],
    ['running, it is stopped', 'running > stopping stopped', 1, 'stopped'],
    ['asked, it is stopped at once', 'running > stopped', 1, 'stopped'],
    ['starting, it runs first', 'starting starting running > stopping stopped', 1, 'stopped'],
    ['somebody else stops it', 'stopping stopped', 0, 'stopped'],
    ['asked, it runs again', 'running > stopping starting running', 1, failed],
    ['asked, it runs on', 'running', 1, failed],
    ['it is deleted while it stops', 'stopping gone', 0, gone],
    ['it stops for ever', 'running > stopping', 1, timeout],
    ['stops fail for a while', 'running > ?500 stopping stopped', 2, 'stopped'],
    ['an unknown state stays', 'STATE_NEW', 0, unknown],
  ],
  gone: [
    ['it is gone already', 'gone', 0, 'gone'],
    ['starting', 'starting > starting gone', 1, 'gone'],
    ['running', 'running > running stopping gone', 1, 'gone'],
    ['stopping', 'stopping > stopping stopped gone', 1, 'gone'],
    ['stopped', 'stopped > gone', 1, 'gone'],
    ['in an unknown state', 'STATE_NEW > STATE_NEW STATE_NEW gone', 1, 'gone'],
    ['another one has its place', 'stopped > other', 1, 'gone'],
    ['it stays', 'running', 1, timeout],
    ['deletes fail for a while', 'stopped > ?500 ?429 gone', 3, 'gone'],
  ],
};

for (const [goal, all] of Object.entries(ways)) {
  describe(`to be ${goal}`, () => {
    for (const [name, script, asked, end] of all) {
      test(`${name}: ${script}`, async () => {
        const { code, ending, provider } = await go(read(goal as Goal, script));
        expect(code ?? ending.error ?? ending.value?.state ?? 'gone').toBe(end);
        expect(provider.count(calls[goal as Goal])).toBe(asked);
        expect(ending.tookMs).toBeLessThanOrEqual(limitMs);
        const others = Object.values(calls).filter((call) => call !== calls[goal as Goal]);
        expect(others.flatMap((call) => Array(provider.count(call)).fill(call))).toEqual([]);
      });
    }
  });
}

const newOnes: readonly Way[] = [
  ['appears late', 'gone gone stopped > starting running', 1, 'running'],
  ['never appears', 'gone', 0, failed],
  ['appears, and is deleted', 'gone starting gone', 0, gone],
];
describe('what was just asked for', () => {
  for (const [name, script, asked, end] of newOnes) {
    test(`${name}: ${script}`, async () => {
      const { code, ending, provider } = await go({ ...read('running', script), isNew: true });
      expect(code ?? ending.value?.state).toBe(end);
      expect(provider.count('start box')).toBe(asked);
    });
  }
});

function read(goal: Goal, script: string): Given {
  const [before = '', behind] = script.split(' > ');
  const [asked, after] = [/^\?/, /^(?!\?)/].map((sort) =>
    (behind ?? '').split(' ').filter((word) => word !== '' && sort.test(word)),
  );
  const answers = (asked ?? []).map((word) => (word === '?hang' ? 'hang' : failure(word.slice(1))));
  return {
    goal,
    sights: before.split(' ').map(sight),
    asked: answers,
    ...(after?.length ? { after: after.map(sight) } : {}),
  };
}

const sight = (word: string): Sight => (/^\d+$/.test(word) ? failure(word) : (word as Sight));

const failure = (status: string): Error => transient(`HTTP ${status}`);
