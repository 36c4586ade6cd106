import type { metricsErrors } from '../plugins/metrics/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

export const metricsExamples: ExamplesOf<typeof metricsErrors> = {
  DS_METRICS_STATSD_FAILED: {
    address: 'statsd.example.org:8125',
    reason: 'getaddrinfo ENOTFOUND statsd.example.org',
  },
};
