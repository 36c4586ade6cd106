import { type Engine, askEngine } from './ask-engine.ts';
import { filtersOf, homeVolume, type Owner } from './own-names.ts';

export interface DeleteContainer {
  engine: Engine;
  owner: Owner;
  /** The container's. */
  id: string;
  name: string;
  signal: AbortSignal;
}

/** Removes a workstation with its home and its network; what is gone already is no failure. */
export async function deleteContainer(request: DeleteContainer): Promise<void> {
  const { engine, owner, id, name, signal } = request;
  await askEngine({ doing: `remove the container of ${name}`, signal, unless: [404] }, () =>
    engine.getContainer(id).remove({ force: true, v: true, abortSignal: signal }),
  );
  // From here on it is not to be seen any more: what is left could not be asked for again.
  await removeNetworks(request);
  const volume = homeVolume(owner, name);
  await askEngine({ doing: `remove the volume ${volume}`, unless: [404] }, () =>
    engine.getVolume(volume).remove(),
  );
}

// Also those of one whose making was cut off.
async function removeNetworks({ engine, owner, name }: DeleteContainer): Promise<void> {
  const filters = JSON.stringify(filtersOf(owner, name));
  const found = await askEngine({ doing: 'list networks' }, () => engine.listNetworks({ filters }));
  for (const { Id, Name } of found ?? []) {
    // 403: one that is being made has its own.
    await askEngine({ doing: `remove the network ${Name}`, unless: [403, 404, 409] }, () =>
      engine.getNetwork(Id).remove(),
    );
  }
}
