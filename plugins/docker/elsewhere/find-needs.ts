import type { Target } from 'devservices/runner';
import type { MountedPath, NeededProcess } from '../errors.ts';
import { asContainer } from '../fields/resolved-container.ts';

/** The parts of a plan that tell what its containers need of the machine that they run on. */
export interface PlannedNeeds extends Pick<Target, 'service' | 'run'> {
  action: string;
  routes: readonly { service: string }[];
}

/** What containers that are about to be made mount. */
export function findMountedPaths(services: readonly PlannedNeeds[]): MountedPath[] {
  return services
    .filter(({ run, action }) => run.kind === 'container' && isMade(action))
    .flatMap(({ service, run }) => {
      const { volumes, secrets, configs } = asContainer(run);
      const binds = volumes.filter(({ type }) => type === 'bind');
      return [
        ...binds.map(({ source }) => ({ service, field: 'volumes', path: source })),
        ...findFiles('secrets', secrets).map((file) => ({ service, ...file })),
        ...findFiles('configs', configs).map((file) => ({ service, ...file })),
      ];
    });
}

/** What containers that are about to be started reach on this machine, each once. */
export function findNeededProcesses(services: readonly PlannedNeeds[]): NeededProcess[] {
  return services
    .filter(({ run, action }) => run.kind === 'container' && (isMade(action) || action === 'start'))
    .flatMap(({ service, routes }) =>
      [...new Set(routes.map((route) => route.service))].map((process) => ({ service, process })),
    );
}

const isMade = (action: string): boolean => action === 'create' || action === 'recreate';

type Files = ReturnType<typeof asContainer>['secrets'];

// What is not mounted from here is put into the container, wherever that is.
function findFiles(field: string, files: Files = {}): Omit<MountedPath, 'service'>[] {
  return Object.entries(files).flatMap(([name, [file]]) =>
    'source' in file ? [{ field: `${field}.${name}`, path: file.source }] : [],
  );
}
