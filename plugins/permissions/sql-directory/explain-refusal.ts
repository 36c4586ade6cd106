import { type DevServicesError, isDevServicesError } from 'devservices/machine';

import { permissionErrors } from '../errors.ts';
import type { ColumnShape, TableShape } from './table-shapes.ts';

interface Refusal extends Error {
  /** SQLSTATE */
  code: string;
  constraint?: string;
  detail?: string | undefined;
}

/**
 * What the application's database says no by, as an error that says so; undefined for all that is no
 * answer of the database's. A violated constraint is never taken for something that is there already.
 */
export function explainRefusal(thrown: unknown, directory: string): DevServicesError | undefined {
  if (isDevServicesError(thrown) || !isRefusal(thrown)) return undefined;
  // It may quote a whole row: with the hash of a password.
  thrown.detail = undefined;
  const { code, constraint, message: reason } = thrown;
  if (code === '42P01' || code === '42703') {
    return permissionErrors.create('DS_DIRECTORY_MISMATCH', { directory, problem: reason }, thrown);
  }
  const facts = { directory, reason, constraint, remedy: remedies[code] };
  return permissionErrors.create('DS_DIRECTORY_REFUSED', facts, thrown);
}

/** Whether an error is about a unique index that a column is part of. */
export function violatesKeyOf(
  thrown: unknown,
  { indexes }: TableShape,
  column: ColumnShape | undefined,
): boolean {
  if (column === undefined || !isRefusal(thrown) || thrown.code !== '23505') return false;
  const violated = indexes.find(({ name }) => name === thrown.constraint);
  const texts = [column.quoted, `(${column.quoted})`, `(${column.quoted})::text`];
  return (violated?.parts ?? []).some((part) =>
    texts.some((text) => [text, `lower(${text})`, `upper(${text})`].includes(part)),
  );
}

const remedies: Readonly<Record<string, string>> = {
  '23505':
    "Where it is the table's own id: its sequence is behind. Set it after the largest id by `select setval(…)`.",
  '23503': 'See whether the user was removed from the application meanwhile.',
  '42501': 'Let the user of the database URL do it (`grant`), or name another one there.',
};

function isRefusal(thrown: unknown): thrown is Refusal {
  if (!(thrown instanceof Error)) return false;
  const { code, severity } = thrown as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && /^[\dA-Z]{5}$/.test(code) && typeof severity === 'string';
}
