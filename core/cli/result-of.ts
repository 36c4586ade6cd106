import { isMergeable as isPlainObject } from '../config/merge-tree.ts';
import type { TaskFinished } from '../events.ts';
import { isSecret } from '../secret.ts';
import { isOutcome } from '../tasks/create-task-engine.ts';

/** Of what a task gave: what a program may want to know; what has no form in JSON is the task's own affair. */
export function resultOf(given: unknown): Pick<TaskFinished, 'result'> {
  if (!isPlainObject(given) || isOutcome(given)) return {};
  try {
    const form: unknown = JSON.parse(JSON.stringify(given, withoutSecrets));
    return isPlainObject(form) ? { result: form } : {};
  } catch {
    return {};
  }
}

const withoutSecrets = (_key: string, value: unknown): unknown =>
  isSecret(value) ? '[redacted]' : value;
