import { resolveDuration } from 'devservices/machine';
import { apiErrors } from '../errors.ts';

const dayMs = 24 * 60 * 60 * 1000;
const longestMs = 3660 * dayMs;

/**
 * When a token ends, ISO 8601. Throws DS_API_TOKEN_INVALID.
 *
 * @example resolveExpiry('30d', Date.UTC(2026, 0, 1)) // '2026-01-31T00:00:00.000Z'
 */
export function resolveExpiry(given: string, nowMs: number): string {
  const atMs = momentOf(given, nowMs);
  const refuse = (problem: string) =>
    apiErrors.create('DS_API_TOKEN_INVALID', { what: 'expiry', given, problem });
  if (atMs === undefined) throw refuse('is neither a time from now on nor a date');
  if (atMs <= nowMs) throw refuse('is not in the future');
  if (atMs > nowMs + longestMs) throw refuse('is more than ten years away');
  return new Date(atMs).toISOString();
}

function momentOf(given: string, nowMs: number): number | undefined {
  const days = /^(\d{1,6})d$/.exec(given)?.[1];
  const lengthMs = days === undefined ? resolveDuration(given) : Number(days) * dayMs;
  if (lengthMs !== undefined) return nowMs + lengthMs;
  // Others of what Date takes mean something else elsewhere, or by the local clock.
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(given);
  const atMs = isIso ? Date.parse(given) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
