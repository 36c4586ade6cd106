import { formatDuration } from 'devservices/machine';
import type { ResolvedProcess } from '../record/resolved-process.ts';

/** How one start of a process ended. */
export interface EndedLife {
  /** Undefined where nobody saw it: what a policy asks about is then a failure. */
  exitCode: number | undefined;
  ranMs: number;
  /** How often in a row the policy had started it before. */
  restarts: number;
}

/** What follows an end: nothing, another start after a pause, or giving it up, in words. */
export type RestartDecision =
  | { type: 'rest' }
  | { type: 'again'; pauseMs: number; restarts: number }
  | { type: 'give-up'; text: string };

type Policy = Pick<ResolvedProcess, 'restart' | 'maxRestarts' | 'backoff'>;

/** What the policy of a process makes of its end. Pure. */
export function decideRestart(policy: Policy, ended: EndedLife): RestartDecision {
  if (!restartsAfter(policy, ended.exitCode)) return { type: 'rest' };
  const { initial, factor, max, resetAfter } = policy.backoff;
  // Who ran for long begins anew: what happened before has nothing to do with this end.
  const restarts = ended.ranMs >= resetAfter ? 0 : ended.restarts;
  if (restarts >= policy.maxRestarts) return { type: 'give-up', text: describeLoop(ended) };
  return {
    type: 'again',
    pauseMs: Math.min(max, initial * factor ** restarts),
    restarts: restarts + 1,
  };
}

/** Whether a policy starts a process again after this end, were it the first. */
export function restartsAfter(
  { restart }: Pick<Policy, 'restart'>,
  exitCode: number | undefined,
): boolean {
  if (restart === 'on-failure') return exitCode !== 0;
  return restart === 'always' || restart === 'unless-stopped';
}

function describeLoop({ exitCode, ranMs, restarts }: EndedLife): string {
  const end = exitCode === undefined ? 'ended' : `ended with exit code ${exitCode}`;
  const times = restarts === 1 ? '1 restart' : `${restarts} restarts in a row`;
  return `crash loop: gave up after ${times}; it ${end} after ${formatDuration(ranMs)}`;
}
