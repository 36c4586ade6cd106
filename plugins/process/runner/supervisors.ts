import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno, systemClock } from 'devservices/machine';
import type { ProjectIdentity, RunnerContext } from 'devservices/runner';
import type { SupervisorClient } from '../client/connect-supervisor.ts';
import { placesOf } from '../record/places.ts';
import type { ProcessPlaces } from '../record/process-record.ts';
import { readRecords } from '../record/records.ts';

/** The supervisors of one runner's checkouts. */
export interface Supervisors {
  placesOf(project: ProjectIdentity): ProcessPlaces;
  /** Whether a checkout has no process service left, in any project. */
  isEmpty(project: ProjectIdentity): boolean;
  /** The one that lives, or that is being started right now; starts none. */
  find(places: ProcessPlaces): Promise<SupervisorClient | undefined>;
  /** The same, and where there is none, one is started. */
  ensure(project: ProjectIdentity, signal: AbortSignal): Promise<SupervisorClient>;
}

export function createSupervisors(
  context: Pick<RunnerContext, 'stateHome' | 'runtimeFolder' | 'root'>,
): Supervisors {
  const { stateHome, runtimeFolder, root } = context;
  const starting = new Map<string, Promise<SupervisorClient>>();
  return {
    placesOf: (project) => placesOf(context, project),
    isEmpty: ({ project, checkout }) =>
      listFolders(dirname(placesOf(context, { project, checkout }).folder)).every(
        (name) => readRecords(placesOf(context, { project: name, checkout })).length === 0,
      ),
    async find(places) {
      const underWay = starting.get(places.supervisor);
      if (underWay) return underWay.catch(() => undefined);
      const { connectSupervisor } = await import('../client/connect-supervisor.ts');
      return connectSupervisor(places);
    },
    async ensure(project, signal) {
      const places = placesOf(context, project);
      const underWay = starting.get(places.supervisor);
      if (underWay) return underWay;
      const start = (async () => {
        const [{ ensureSupervisor }, { restartProgram }] = await Promise.all([
          import('../client/ensure-supervisor.ts'),
          import('../client/supervisor-program.ts'),
        ]);
        return ensureSupervisor(places, {
          stateHome,
          runtimeFolder,
          checkout: project.checkout,
          restart: { command: restartProgram(), args: [], cwd: root },
          clock: systemClock,
          signal,
        });
      })();
      starting.set(places.supervisor, start);
      try {
        return await start;
      } finally {
        starting.delete(places.supervisor);
      }
    },
  };
}

function listFolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
