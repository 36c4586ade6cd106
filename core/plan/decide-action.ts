import type { PlannedAction, Reason } from '../events.ts';
import type { Instance } from '../run/runner.ts';

export interface Situation {
  instance: Instance | undefined;
  /** Fields in which what is there differs from what is wanted; undefined where nothing is known. */
  changed: readonly string[];
  isOneShot: boolean;
  /** Instances of other runs of the service. */
  replaced: readonly Instance[];
  /** `--recreate`. */
  recreate: boolean;
  /**
   * Of a `restart`: `asked` is stopped and started again, `aside` only has to run, and so has what
   * another task has restarted since (`done`).
   */
  restart?: 'asked' | 'aside' | 'done' | undefined;
  /** A one-shot that completed runs again. */
  again?: boolean;
}

/** What `up` does with one service, and why. Unchanged means untouched. */
export function decideAction(situation: Situation): { action: PlannedAction; reason: Reason } {
  const { instance, changed, isOneShot, recreate, replaced, restart } = situation;
  const [before] = replaced;
  if (!instance && before) {
    const text = `ran by "${before.runKey}" before`;
    return { action: 'recreate', reason: { code: 'run-changed', text } };
  }
  if (!instance) return { action: 'create', reason: { code: 'absent', text: 'not there yet' } };
  if (recreate) return { action: 'recreate', reason: { code: 'asked', text: '--recreate' } };
  const isUp = instance.status === 'running' || instance.status === 'restarting';
  if ((restart === 'aside' || restart === 'done') && isUp) {
    const later = changed.length > 0 ? `; ${changed.join(', ')} changed, which up applies` : '';
    const isDone = restart === 'done';
    const text = isDone ? 'restarted meanwhile by another task' : 'running';
    const code = isDone ? 'restarted' : 'running';
    return { action: 'unchanged', reason: { code, text: `${text}${later}` } };
  }
  if (!instance.spec) {
    return {
      action: 'recreate',
      reason: { code: 'unknown-spec', text: 'made in a way that is not known' },
    };
  }
  if (changed.length > 0) {
    const text = `${changed.join(', ')} changed`;
    return { action: 'recreate', reason: { code: 'changed', text } };
  }
  if (instance.drift) {
    const { field, text } = instance.drift;
    return { action: 'recreate', reason: { code: `${field}-changed`, text } };
  }
  const isCompleted = isOneShot && instance.status === 'exited' && instance.exitCode === 0;
  if (situation.again && isCompleted) {
    return { action: 'start', reason: { code: 'asked', text: 'run again' } };
  }
  if (restart === 'asked' && (isUp || isCompleted || instance.status === 'paused')) {
    const text = isCompleted ? 'run again' : 'restarted';
    return { action: 'start', reason: { code: 'restarted', text } };
  }
  if (isUp) {
    return { action: 'unchanged', reason: { code: 'running', text: 'running and unchanged' } };
  }
  if (isCompleted) {
    return { action: 'unchanged', reason: { code: 'completed', text: 'completed and unchanged' } };
  }
  const text =
    instance.status === 'exited'
      ? (instance.note ?? `ended with exit code ${instance.exitCode ?? 'unknown'}`)
      : instance.status;
  return { action: 'start', reason: { code: 'not-running', text } };
}
