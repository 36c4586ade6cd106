import { defineSpec } from '../route-spec.ts';

/** As prom-client says it of its text; it is loaded when somebody asks. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

export const metricsSpecs = [
  defineSpec({
    method: 'GET',
    path: '/metrics',
    tag: 'project',
    summary: 'How services stand, what they use, and what the API has done, for Prometheus',
    description:
      'Where the project cannot be looked at, as its configuration is broken or an engine is away, what can be told is. What plugins count is there as `devservices_<key>_count` and `devservices_<key>_sum`, of gauges as `devservices_<key>_last`. With the plugin `metrics`, what the journal tells of every process is as well, as `devservices_journal_…`.',
    access: 'known',
    answer: {
      kind: 'text',
      description: 'In the text format of Prometheus',
      contentType: metricsContentType,
    },
  }),
] as const;
