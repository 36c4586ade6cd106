import { isDevServicesError, reasonOf } from 'devservices/machine';
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
  use,
}: Pick<ApiContext, 'apiMetrics' | 'metrics' | 'log' | 'use'> & {
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
      const [look, stats, journal] = await Promise.all([
        attempt('the states of services', () => reader.look()),
        attempt('what services use', () => reader.stats()),
        attempt('the journal', () => readJournal(use)),
      ]);
      const services = Object.entries(look?.services ?? {});
      const own = await apiMetrics.render({
        services: services.map(([name, { state }]) => ({ name, state })),
        stats: stats ?? [],
        // What this process did stands in the journal as well.
        rows: metrics.snapshot().filter(({ key }) => journal?.keys.has(key) !== true),
      });
      return `${own}${journal?.text ?? ''}`;
    },
  };
}

/** What all processes did; undefined where no plugin tells of it. */
async function readJournal(
  use: ApiContext['use'],
): Promise<{ keys: ReadonlySet<string>; text: string } | undefined> {
  const contract = await use('prometheus').catch((thrown: unknown) => {
    if (isDevServicesError(thrown) && thrown.code === 'DS_CONTRACT_MISSING') return undefined;
    throw thrown;
  });
  return contract && { keys: contract.keys, text: await contract.render() };
}
