import type { Target } from 'devservices/runner';
import { reasonOf, statusOf, unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { ownNetwork } from '../creation/create-network.ts';
import { apiOf } from '../creation/engine-api.ts';

/** Whether a start failed because the network that the container was made for is not there. */
export function isNetworkGone(thrown: unknown): boolean {
  return statusOf(thrown) === 404 && /network .+ not found/i.test(reasonOf(thrown));
}

/**
 * Puts a container on the project's network again, which somebody took away or made anew: the container
 * remembers the old one's id. False where it was made for another network, or for none.
 */
export async function rejoinNetwork(
  engine: Engine,
  { target, id, signal }: { target: Target; id: string; signal: AbortSignal },
): Promise<boolean> {
  const own = ownNetwork(target, apiOf(await engine.client(signal)));
  if (!own) return false;
  const asked = { doing: `connect the container of ${target.service} to its network`, signal };
  await engine
    .ask(asked, (client) =>
      client.getNetwork(own.network).disconnect({ Container: id, Force: true }),
    )
    .catch(unless([403, 404, 500], undefined));
  await engine.ask(asked, (client) =>
    client.getNetwork(own.network).connect({ Container: id, EndpointConfig: own.config }),
  );
  return true;
}
