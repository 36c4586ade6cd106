import { expect, test } from 'vitest';
import {
  decideRestart,
  restartsAfter,
} from '../../../../plugins/process/supervisor/restart-policy.ts';

const policy = {
  restart: 'on-failure',
  maxRestarts: 4,
  backoff: { initial: 200, factor: 2, max: 1000, resetAfter: 10_000 },
} as const;

test('the pause grows by its factor up to the longest, and then it gives up', () => {
  const decisions = [0, 1, 2, 3, 4].map((restarts) =>
    decideRestart(policy, { exitCode: 1, ranMs: 120, restarts }),
  );
  expect(decisions).toEqual([
    { type: 'again', pauseMs: 200, restarts: 1 },
    { type: 'again', pauseMs: 400, restarts: 2 },
    { type: 'again', pauseMs: 800, restarts: 3 },
    { type: 'again', pauseMs: 1000, restarts: 4 },
    {
      type: 'give-up',
      text: 'crash loop: gave up after 4 restarts in a row; it ended with exit code 1 after 120 ms',
    },
  ]);
});

test('who ran long enough begins anew', () => {
  const late = { exitCode: 1, ranMs: 10_000, restarts: 4 };
  expect(decideRestart(policy, late)).toEqual({ type: 'again', pauseMs: 200, restarts: 1 });
  expect(decideRestart(policy, { ...late, ranMs: 9999 })).toMatchObject({ type: 'give-up' });
});

test('none at all is given up at once where none is allowed', () => {
  const none = { ...policy, maxRestarts: 0 };
  expect(decideRestart(none, { exitCode: undefined, ranMs: 2500, restarts: 0 })).toEqual({
    type: 'give-up',
    text: 'crash loop: gave up after 0 restarts in a row; it ended after 2.5 s',
  });
});

test.each([
  ['no', { failure: false, success: false, unseen: false }],
  ['on-failure', { failure: true, success: false, unseen: true }],
  ['always', { failure: true, success: true, unseen: true }],
  ['unless-stopped', { failure: true, success: true, unseen: true }],
] as const)('%s restarts after what it says', (restart, expected) => {
  expect({
    failure: restartsAfter({ restart }, 137),
    success: restartsAfter({ restart }, 0),
    unseen: restartsAfter({ restart }, undefined),
  }).toEqual(expected);
});
