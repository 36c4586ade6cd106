import { isObject, parseObject, stateErrors } from 'devservices/machine';
import type { ProcessRecord } from './process-record.ts';

/** The record that a file's text is. Throws DS_STATE_CORRUPT and DS_STATE_NEWER naming the file. */
export function parseRecord(
  text: string,
  { path, service }: { path: string; service: string },
): ProcessRecord {
  const found = parseObject(text);
  if (typeof found?.['v'] === 'number' && found['v'] > 1) {
    throw stateErrors.create('DS_STATE_NEWER', { path });
  }
  if (!found || !isRecord(found) || found.target.service !== service) {
    throw stateErrors.create('DS_STATE_CORRUPT', { path });
  }
  return found;
}

// Only what others rely on without looking: the file is ours alone, and replaced whole.
function isRecord(
  found: Readonly<Record<string, unknown>>,
): found is Readonly<Record<string, unknown>> & ProcessRecord {
  const { target, life, callerEnvironment } = found;
  return (
    found['v'] === 1 &&
    typeof found['id'] === 'string' &&
    typeof found['createdAt'] === 'number' &&
    isObject(callerEnvironment) &&
    isTarget(target) &&
    (life === undefined || isLife(life))
  );
}

function isTarget(target: unknown): boolean {
  if (!isObject(target) || !isObject(target['run']) || !isObject(target['project'])) return false;
  const { command, cwd } = target['run'];
  return (
    typeof target['service'] === 'string' &&
    Array.isArray(target['ports']) &&
    Array.isArray(command) &&
    typeof cwd === 'string'
  );
}

function isLife(life: unknown): boolean {
  if (!isObject(life) || typeof life['startedAt'] !== 'number') return false;
  const { leader } = life;
  return leader === undefined || (isObject(leader) && Number.isSafeInteger(leader['pid']));
}
