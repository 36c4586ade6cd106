import type { Workstation, WorkstationScope } from '../contract.ts';
import { type Engine, askEngine } from './ask-engine.ts';
import { containerName, filtersOf, type Owner, workstationLabels } from './own-names.ts';
import { findContainer, toWorkstation } from './read-workstation.ts';

export interface ListRequest {
  engine: Engine;
  owner: Owner;
  scope: Required<WorkstationScope>;
}

/** All of a checkout, sorted by name; what goes meanwhile is left out. */
export async function listWorkstations(
  { engine, owner, scope }: ListRequest,
  signal: AbortSignal,
): Promise<readonly Workstation[]> {
  const filters = JSON.stringify(filtersOf(owner));
  const listed = await askEngine({ doing: 'list workstations', signal }, () =>
    engine.listContainers({ all: true, filters, abortSignal: signal }),
  );
  // One that is being made has no name of ours yet.
  const names = (listed ?? []).flatMap(({ Names, Labels }) => {
    const name = Labels[workstationLabels.name] ?? '';
    return Names.includes(`/${containerName(owner, name)}`) ? [name] : [];
  });
  const found = await Promise.all(
    names.toSorted().map(async (name) => {
      // Each its own: a signal that many listen to is taken for a leak.
      const own = AbortSignal.any([signal]);
      const container = await findContainer({ engine, owner, name }, own);
      return container && toWorkstation(container, { engine, name, scope }, own);
    }),
  );
  return found.filter((one) => one !== undefined);
}
