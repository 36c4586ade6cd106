/** A Compose duration (`'1m30s'`, `'500ms'`) or a number of milliseconds. */
export type Duration = string | number;

const unitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a duration, or undefined where it is none.
 * Source: Compose Specification, "Specifying durations".
 *
 * @example resolveDuration('1m30s') // 90000
 */
export function resolveDuration(value: Duration): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/gy)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== value) return undefined;
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
}

/** A duration for people: `340 ms`, `2.1 s`, `1 m 30 s`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

/**
 * The moment that a text means, in milliseconds since the epoch: a time (`2026-01-31T10:00:00Z`) or how
 * long ago (`10m`); undefined where it is neither.
 */
export function resolveMoment(text: string, nowMs: number): number | undefined {
  const agoMs = resolveDuration(text);
  const momentMs = agoMs === undefined ? Date.parse(text) : nowMs - agoMs;
  return Number.isFinite(momentMs) ? momentMs : undefined;
}
