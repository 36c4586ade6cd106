import { expect, test } from 'vitest';
import type {
  ProcessLife,
  ProcessRecord,
} from '../../../../plugins/process/record/process-record.ts';
import { resolveAdoption } from '../../../../plugins/process/supervisor/resolve-adoption.ts';

const leader = { pid: 1234, startTicks: '77', bootId: 'now' };
const life: ProcessLife = { leader, hasGroup: true, startedAt: 1, logOffset: 0 };

function recordOf(change: Partial<ProcessRecord>, restart = 'on-failure'): ProcessRecord {
  return {
    v: 1,
    id: 'a1',
    target: {
      project: { project: 'shop', checkout: 'c' },
      service: 'api',
      runKey: 'run',
      run: { kind: 'process', restart },
      ports: [],
      spec: { v: 1, fields: {} },
    },
    callerEnvironment: {},
    createdAt: 0,
    restarts: 0,
    isStopped: false,
    ...change,
  };
}

const { leader: _, ...intent } = life;
const earlier = { ...life, leader: { ...leader, bootId: 'before' } };

test.each([
  ['was never started', recordOf({}), 'none'],
  ['was stopped', recordOf({ life, isStopped: true }), 'none'],
  ['is attached', recordOf({ life, isAttached: true }), 'none'],
  ['ran', recordOf({ life }), 'watch'],
  ['was given up', recordOf({ life: { ...life, endedAt: 2 }, gaveUp: 'crash loop' }), 'gave-up'],
  ['was between two tries', recordOf({ life: { ...life, endedAt: 2, exitCode: 1 } }), 'again'],
  ['ended well', recordOf({ life: { ...life, endedAt: 2, exitCode: 0 } }), 'idle'],
  [
    'failed, without a policy',
    recordOf({ life: { ...life, endedAt: 2, exitCode: 1 } }, 'no'),
    'idle',
  ],
  ['was to be started when its supervisor was killed', recordOf({ life: intent }), 'over'],
  ['ran before this machine was started again', recordOf({ life: earlier }, 'always'), 'over'],
  [
    'was between two tries when this machine was started again',
    recordOf({ life: { ...earlier, endedAt: 2, exitCode: 1 } }, 'always'),
    'idle',
  ],
] as const)('a new supervisor does what is right with one that %s', (_name, record, adoption) => {
  expect(resolveAdoption(record, 'now')).toBe(adoption);
});
