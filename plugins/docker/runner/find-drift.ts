import type { Instance } from 'devservices/runner';
import { statusOf } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { ListedContainer } from '../engine/read-api.ts';
import { readMemory } from './read-instance.ts';

/**
 * Whether the image that a container was made from is no longer what its name means. The list shows
 * the name only while it still stands for that image, so that this asks the engine nothing unless
 * the name moved or is gone. Podman's list goes on showing the name.
 */
export async function findDrift(
  engine: Engine,
  found: ListedContainer,
  signal: AbortSignal,
): Promise<Instance['drift']> {
  const image = readMemory(found.Labels)?.image;
  if (image === undefined || sameId(image, found.ImageID)) return undefined;
  if (!isShownAsId(found) && !(await engine.isPodman(signal))) return undefined;
  const now = await findImageId(engine, image, signal);
  // A name that is gone here means nothing else now: the container is as good as before.
  if (now === undefined || sameId(now, found.ImageID)) return undefined;
  return { field: 'image', text: `${image} now stands for another image (${shortId(now)})` };
}

/** Whether a container runs without the network that it was made for: nobody reaches it by its name. */
export function findNetworkDrift(
  { State, HostConfig, NetworkSettings }: ListedContainer,
  network: string,
): Instance['drift'] {
  if (HostConfig?.NetworkMode !== network || !['running', 'paused'].includes(State))
    return undefined;
  const { EndpointID, MacAddress } = NetworkSettings?.Networks?.[network] ?? {};
  if (EndpointID || MacAddress) return undefined;
  return { field: 'network', text: `it is not on the network ${network} any more` };
}

/**
 * Whether a container was told another address of this machine than its network's gateway of now: the
 * network was made anew since. Where that is not known, `findGateway` asks.
 */
export async function findGatewayDrift(
  { State, Labels, NetworkSettings }: ListedContainer,
  network: string,
  findGateway: () => Promise<string | undefined>,
): Promise<Instance['drift']> {
  const told = readMemory(Labels)?.gateway;
  if (told === undefined) return undefined;
  const own = NetworkSettings?.Networks?.[network]?.Gateway;
  const now = State === 'running' && own ? own : await findGateway();
  if (now === told) return undefined;
  const text = now === undefined ? 'is not there any more' : `has another gateway now (${now})`;
  return { field: 'network', text: `the network ${network} ${text}` };
}

/** The id that an image's name stands for on the engine; undefined where there is none. */
export async function findImageId(
  engine: Engine,
  image: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const asked = { doing: `look up the image ${image}`, signal };
    return (await engine.ask(asked, (client) => client.getImage(image).inspect())).Id;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  }
}

function isShownAsId({ Image, ImageID }: ListedContainer): boolean {
  return sameId(Image, ImageID);
}

function sameId(left: string, right: string): boolean {
  const [bareLeft, bareRight] = [left, right].map((id) => id.replace(/^sha256:/, ''));
  if (!bareLeft || !bareRight || !/^[0-9a-f]{12,64}$/.test(bareLeft)) return false;
  return bareRight.startsWith(bareLeft);
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
