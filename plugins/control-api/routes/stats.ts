import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { statsSpecs } from '../specs/stats.ts';
import { createCpuMeter } from './cpu-meter.ts';
import type { ProjectReader } from './project-reader.ts';
import { findService } from './services.ts';

/** What the services use. */
export function statsHandlers({
  clock,
  signal,
  reader,
}: Pick<ApiContext, 'clock' | 'signal'> & { reader: ProjectReader }): Handlers<
  (typeof statsSpecs)[number]
> {
  const meter = createCpuMeter({ clock, signal, look: reader.stats });
  return {
    'GET /stats': async () => ({ stats: [...(await meter.read())] }),
    async 'GET /services/{name}/stats'({ params: { name } }) {
      findService(await reader.look(), name);
      const stats = await meter.read();
      return { stats: stats.filter(({ service }) => service === name) };
    },
  };
}
