import { statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';

interface Named {
  id: string;
  service: string;
}

/** Stops a container with its own signal and grace period; one that is stopped or gone is no error. */
export async function stopContainer(
  engine: Engine,
  { id, service }: Named,
  signal: AbortSignal,
): Promise<void> {
  const asked = { doing: `stop the container of ${service}`, signal };
  const stop = (): Promise<unknown> =>
    engine
      .ask(asked, (client) => client.getContainer(id).stop({ abortSignal: signal }))
      .catch(unless([304, 404], undefined));
  try {
    await stop();
  } catch (thrown) {
    if (statusOf(thrown) !== 409) throw thrown;
    // Podman does not stop what is paused.
    await engine.ask(asked, (client) => client.getContainer(id).unpause());
    await stop();
  }
}

/** Removes a container and its anonymous volumes, keeps the named ones; one that is gone is no error. */
export async function removeContainer(
  engine: Engine,
  { id, service }: Named,
  signal?: AbortSignal,
): Promise<void> {
  const asked = { doing: `remove the container of ${service}`, ...(signal ? { signal } : {}) };
  const isBusy = await engine
    .ask(asked, (client) => client.getContainer(id).remove({ v: true, force: true }))
    .then(() => false)
    .catch(unless([404], false))
    .catch(unless([409], true));
  if (!isBusy) return;
  // Somebody else is removing it: the name is free when that is done.
  await engine
    .ask(asked, (client) =>
      client
        .getContainer(id)
        .wait({ condition: 'removed', ...(signal ? { abortSignal: signal } : {}) }),
    )
    .catch(unless([404], undefined));
}
