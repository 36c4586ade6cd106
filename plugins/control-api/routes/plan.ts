import type { Host } from 'devservices';
import type { Handlers } from '../route.ts';
import type { planSpecs } from '../specs/plan.ts';
import type { ProjectReader } from './project-reader.ts';

type PlannedService = Awaited<ReturnType<Host['preview']>>['services'][string];

/** What an `up` would do. */
export function planHandlers({
  reader,
}: {
  reader: ProjectReader;
}): Handlers<(typeof planSpecs)[number]> {
  return {
    async 'GET /plan'({ query: { profile, ...asked } }) {
      const options = { ...definedOf(asked), ...(profile && { profiles: profile }) };
      const { services, left, orphans } = await reader.use((host) => host.preview(options));
      return {
        services: Object.fromEntries(
          Object.entries(services).map(([name, planned]) => [name, toRow(planned)]),
        ),
        left: { ...left },
        orphans: [...new Set(orphans.map(({ service }) => service))],
      };
    },
  };
}

function toRow({ action, reason, runKey }: PlannedService) {
  return { action, reason, runner: runKey };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOf<T extends object>(words: T): Defined<T> {
  const entries = Object.entries(words).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
