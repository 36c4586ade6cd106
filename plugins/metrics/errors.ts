import { defineErrors, entry } from 'devservices/machine';

/** Everything that plugins/metrics can throw. */
export const metricsErrors = defineErrors({
  DS_METRICS_STATSD_FAILED: entry<{
    /** As the options name it: `127.0.0.1:8125`. */
    address: string;
    /** In the system's words. */
    reason: string;
  }>({
    blame: 'environment',
    title: 'Measurements could not be sent to StatsD',
    message: ({ address, reason }) => `Measurements for StatsD at ${address} were lost: ${reason}`,
    hint: () =>
      'Correct `statsd` in metrics({ … }), or leave it out; `--no-telemetry` sends none for now.',
  }),
});
