import type { Workstations } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import type { WorkstationsContext } from './workstations-context.ts';

/** What the plugin exposes; opens and asks nothing before it is used. */
export function createWorkstations(context: WorkstationsContext): Workstations {
  const later = (): Promise<never> =>
    Promise.reject(
      workstationErrors.create('DS_WORKSTATION_UNKNOWN', {
        name: '',
        where: `the project ${context.project}`,
        known: [],
      }),
    );
  return { open: later, reach: later, tunnels: { list: later, stop: later } };
}
