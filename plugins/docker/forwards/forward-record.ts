import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, loadStateFile, parseObject, replaceStateFile } from 'devservices/machine';
import type { ProcessIdentity } from 'devservices/machine';
import type { ProjectIdentity } from 'devservices/runner';
import type { Forward } from './forward.ts';

/** What a file remembers of a project's forwards, so that whoever comes next can mend or end them. */
export interface ForwardRecord {
  readonly v: 1;
  /** Of the engine whose machine they lead to. */
  url: string;
  /** The ssh that listens. */
  leader: ProcessIdentity;
  /** Milliseconds since the epoch. */
  startedAt: number;
  forwards: readonly Forward[];
}

/** Where a project's forwards are remembered, in its checkout's folder. Pure. */
export function recordFile(stateHome: string, { checkout, project }: ProjectIdentity): string {
  return join(stateHome, checkout, `forwards-${project}.json`);
}

/** Undefined where there is none, or nothing that we wrote. Throws DS_STATE_UNREADABLE. */
export function readRecord(file: string): ForwardRecord | undefined {
  const found = parseObject(loadStateFile(file) ?? '');
  const { v, url, leader, startedAt, forwards } = found ?? {};
  const isOurs =
    v === 1 &&
    typeof url === 'string' &&
    typeof startedAt === 'number' &&
    isIdentity(leader) &&
    Array.isArray(forwards) &&
    forwards.every(isForward);
  return isOurs ? { v, url, leader, startedAt, forwards } : undefined;
}

export function writeRecord(file: string, record: ForwardRecord): void {
  replaceStateFile(file, `${JSON.stringify(record, null, 2)}\n`);
}

export function removeRecord(file: string): void {
  rmSync(file, { force: true });
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (!isObject(value)) return false;
  const { pid, startTicks, bootId } = value;
  return (
    Number.isInteger(pid) &&
    Number(pid) > 1 &&
    typeof startTicks === 'string' &&
    typeof bootId === 'string'
  );
}

function isForward(value: unknown): value is Forward {
  if (!isObject(value) || typeof value['service'] !== 'string') return false;
  return [value['here'], value['there']].every(
    (place) =>
      isObject(place) && typeof place['host'] === 'string' && typeof place['port'] === 'number',
  );
}
