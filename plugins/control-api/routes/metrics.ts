import { reasonOf } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { metricsSpecs } from '../specs/metrics.ts';
import type { ProjectReader } from './project-reader.ts';

/** Everything that is counted. */
export function metricsHandlers({
  apiMetrics,
  metrics,
  log,
  reader,
}: Pick<ApiContext, 'apiMetrics' | 'metrics' | 'log'> & {
  reader: ProjectReader;
}): Handlers<(typeof metricsSpecs)[number]> {
  // What is asked every few seconds must not fail as a whole because one engine is away.
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      log.debug(`Metrics go without ${what}: ${reasonOf(thrown)}`);
      return undefined;
    }
  };
  return {
    async 'GET /metrics'() {
      const [look, stats] = await Promise.all([
        attempt('the states of services', () => reader.look()),
        attempt('what services use', () => reader.stats()),
      ]);
      const services = Object.entries(look?.services ?? {});
      return apiMetrics.render({
        services: services.map(([name, { state }]) => ({ name, state })),
        stats: stats ?? [],
        rows: metrics.snapshot(),
      });
    },
  };
}
