import type { Duration } from '../duration.ts';

/** How often and how long a readiness is tried. */
export interface ProbeTiming {
  /** Longest pause between two attempts; it grows from about 20 ms. Default 1 s. */
  interval?: Duration;
  /** One attempt is ended after this. Default 5 s. */
  timeout?: Duration;
  /** The whole wait, from the start of the service. Default 60 s. */
  deadline?: Duration;
  /** No failure is final, and none is said, before this has passed. Default 0. */
  startPeriod?: Duration;
}

/** When a service counts as ready, as data; JSON and YAML write the same. */
export type Readiness =
  | ({
      readonly kind: 'http';
      path: string;
      port?: string;
      status?: number | readonly number[];
    } & ProbeTiming)
  | ({ readonly kind: 'port'; port?: string } & ProbeTiming)
  | ({
      readonly kind: 'log';
      pattern: string;
      flags?: string;
      times?: number;
    } & Pick<ProbeTiming, 'deadline'>)
  | ({
      readonly kind: 'command';
      command: readonly string[];
      pattern?: string;
      flags?: string;
    } & ProbeTiming)
  | ({ readonly kind: 'healthcheck' } & Pick<ProbeTiming, 'deadline'>)
  | { readonly kind: 'all'; of: readonly Readiness[] }
  | { readonly kind: 'none' };

/**
 * The door to every readiness.
 *
 * @example ready.command(['pg_isready', '-U', 'postgres'])
 * @example ready.command(['redis-cli', 'ping'], { pattern: 'PONG' })
 * @example ready.all(ready.port('smtp'), ready.http('/readyz', { port: 'ui' }))
 */
export const ready = {
  /** A GET that answers 200 to 399, or one of `status`; `port` names the service's port. */
  http: (
    path: string,
    options: { port?: string; status?: number | readonly number[] } & ProbeTiming = {},
  ) => ({ kind: 'http', path, ...options }) satisfies Readiness,
  /** Something inside listens on the port; without a name, on every port of the service. */
  port: (port?: string, options: ProbeTiming = {}) =>
    ({ kind: 'port', ...(port === undefined ? {} : { port }), ...options }) satisfies Readiness,
  /** A line of the log matches (a regular expression's source), `times` times since the start. */
  log: (pattern: string | RegExp, options: { times?: number; deadline?: Duration } = {}) =>
    ({
      kind: 'log',
      ...(typeof pattern === 'string' ? { pattern } : partsOf(pattern)),
      ...options,
    }) satisfies Readiness,
  /**
   * A command inside the service that exits 0 and, with `pattern`, prints what matches. Some exit 0 with bad
   * news, as `redis-cli ping` does while redis loads: `ready.command(['redis-cli', 'ping'], { pattern: 'PONG' })`.
   */
  command: (
    command: readonly string[],
    { pattern, ...timing }: { pattern?: string | RegExp } & ProbeTiming = {},
  ) =>
    ({
      kind: 'command',
      command,
      ...(typeof pattern === 'string' ? { pattern } : pattern ? partsOf(pattern) : {}),
      ...timing,
    }) satisfies Readiness,
  /**
   * The engine's own health, where the run has a healthcheck. `unhealthy` is said with what the check printed and
   * waited out: the engine goes on checking, so only the deadline is final.
   */
  healthcheck: (options: { deadline?: Duration } = {}) =>
    ({ kind: 'healthcheck', ...options }) satisfies Readiness,
  /** All of them. */
  all: (...of: Readiness[]) => ({ kind: 'all', of }) satisfies Readiness,
  /** Started is ready. */
  none: () => ({ kind: 'none' }) satisfies Readiness,
};

// Lines are matched one by one: what `g` and `y` remember of one must not count for the next.
function partsOf({ source, flags }: RegExp): { pattern: string; flags?: string } {
  const kept = flags.replaceAll(/[^imsu]/g, '');
  return { pattern: source, ...(kept === '' ? {} : { flags: kept }) };
}
