import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { createMetrics, type OwnMetrics } from '../metrics/create-metrics.ts';
import type { Metrics } from '../metrics.ts';

/** The metrics of one host. */
export interface HostMetrics {
  /**
   * For plugins that are set up. Where that is done anew, as the configuration was broken, the sinks of
   * before are closed: they would get everything twice.
   */
  begin(): Metrics;
  /** Sends what is left and closes the sinks. Never throws. */
  close(): Promise<void>;
}

export function createHostMetrics({
  env,
  ...options
}: {
  clock: Clock;
  log: Logger;
  env: Readonly<Record<string, string | undefined>>;
}): HostMetrics {
  const isDevelopment = ['development', 'test'].includes(env['NODE_ENV'] ?? '');
  let own: OwnMetrics | undefined;
  return {
    begin() {
      own?.discard();
      own = createMetrics({ ...options, isDevelopment });
      // A plugin has no say in the end.
      const { close: _, discard: __, ...metrics } = own;
      return metrics;
    },
    close: async () => own?.close(),
  };
}
