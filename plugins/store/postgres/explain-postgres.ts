import { type DevServicesError, isDevServicesError, reasonOf } from 'devservices/machine';

import { storeErrors } from '../errors.ts';

/** Whose errors they are. */
export interface ExplainedStore {
  location: string;
  service?: string | undefined;
}

/** How long one waits for a row or a table that another process has locked. */
export const lockWaitMs = 10_000;
/** How long one waits until a server lets one in. */
export const connectWaitMs = 5000;

/**
 * What an error of pg means for people; undefined for those that tell the asker something, such as a
 * violated constraint. What went wrong while connecting is always explained.
 */
export function explainPostgres(
  { location: store, service }: ExplainedStore,
  thrown: unknown,
  during?: 'connect' | 'commit',
): DevServicesError | undefined {
  if (isDevServicesError(thrown)) return thrown;
  const unreachable = (reason: string) =>
    storeErrors.create('DS_STORE_UNREACHABLE', { store, reason, service }, thrown);
  const code = codeOf(thrown);
  const said = reasonOf(thrown);
  if (isSqlState(code)) {
    const reason = said.replace(/\.$/, '');
    if (/^28|^42501$/.test(code)) {
      return storeErrors.create('DS_STORE_DENIED', { store, reason }, thrown);
    }
    if (code === '25006') return storeErrors.create('DS_STORE_READONLY', { store, reason }, thrown);
    if (code === '53100') return storeErrors.create('DS_STORE_FULL', { store, reason }, thrown);
    if (/^(?:40001|40P01|55P03)$/.test(code)) {
      // A ring of locks is looked for after a second.
      const seconds = code === '55P03' ? lockWaitMs / 1000 : 1;
      return storeErrors.create('DS_STORE_BUSY', { store, seconds }, thrown);
    }
    if (code === '53300') return unreachable(`all of its connections are taken (${reason})`);
    if (during === 'connect' || /^(?:08|53|57)/.test(code)) return unreachable(reason);
    return undefined;
  }
  if (/password must be a (?:non-empty )?string/.test(said)) {
    const reason = 'it asks for a password, and the URL has none';
    return storeErrors.create('DS_STORE_DENIED', { store, reason }, thrown);
  }
  if (during === 'commit' && isLost(thrown)) {
    return unreachable(
      'it ended the connection while a change was being made final, so see whether it was made',
    );
  }
  const reason = reasons[code] ?? (isLost(thrown) ? 'it ended the connection' : undefined);
  if (reason !== undefined) return unreachable(reason);
  return during === 'connect' ? unreachable(said) : undefined;
}

/** Whether the server ended the connection, or went. */
export function isLost(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (isSqlState(code)) return /^(?:08|57P0[125])/.test(code);
  return (
    /^(?:ECONNRESET|EPIPE)$/.test(code) ||
    /^Connection terminated|not queryable$/.test(reasonOf(thrown))
  );
}

/** SQLSTATE or errno. */
export function codeOf(thrown: unknown): string {
  const { code } = (thrown ?? {}) as { code?: unknown };
  return typeof code === 'string'
    ? code
    : /^timeout expired$/.test(reasonOf(thrown))
      ? 'ETIMEDOUT'
      : '';
}

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no host has that name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ETIMEDOUT: `it did not answer within ${connectWaitMs / 1000} s`,
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ENOENT: 'there is no such socket',
  EACCES: 'its socket is not for this user',
};
