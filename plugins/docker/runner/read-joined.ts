import type { Instance } from 'devservices/runner';
import { unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { ListedContainer } from '../engine/read-api.ts';
import { inspectContainer } from './container-addresses.ts';

/**
 * What the list does not tell of a running container that shares another's network: which start it is,
 * and whether that network is still there. Undefined for all others, of which nothing is asked.
 */
export async function readJoined(
  engine: Engine,
  {
    container,
    service,
    signal,
  }: { container: ListedContainer; service: string; signal: AbortSignal },
): Promise<{ instance: Pick<Instance, 'generation'>; drift?: Instance['drift'] } | undefined> {
  const [, owner] = /^container:(.+)$/.exec(container.HostConfig?.NetworkMode ?? '') ?? [];
  if (owner === undefined || container.State !== 'running') return undefined;
  const look = (id: string) =>
    inspectContainer(engine, { id, service }, signal).catch(unless([404], undefined));
  const [own, other] = await Promise.all([look(container.Id), look(owner)]);
  if (!own) return undefined;
  const { generation } = own;
  if (other?.state.status === 'running' && other.notedStart <= own.notedStart) {
    return { instance: { generation } };
  }
  const text = 'the container whose network it has is gone, or was started anew';
  return { instance: { generation }, drift: { field: 'networkMode', text } };
}
