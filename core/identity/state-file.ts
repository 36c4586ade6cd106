import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { stateErrors } from '../errors/catalogue/state.ts';
import { fileReason, isErrno } from './file-reason.ts';

/** The text of a file, or undefined where there is none. Throws DS_STATE_UNREADABLE. */
export function loadStateFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}

/**
 * Replaces a file in one step, readable by this user only: a reader sees the old one or the new one,
 * and a crash leaves either. Throws DS_STATE_UNWRITABLE.
 */
export function replaceStateFile(path: string, content: string | Uint8Array): void {
  const prepared = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(prepared, content, { mode: 0o600, flag: 'wx' });
    renameSync(prepared, path);
  } catch (error) {
    rmSync(prepared, { force: true });
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}

/** The object that a JSON text is, or undefined for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with fields, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
