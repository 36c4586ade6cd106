import { networkInterfaces } from 'node:os';
import { labels } from 'devservices/runner';
import type { Instance } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import type { ListedEndpoint } from '../engine/read-api.ts';
import { generationOf } from './read-instance.ts';

/** Containers' own addresses, remembered for as long as they hold. */
export interface ContainerAddresses {
  /** Notes what a list or an inspection said of a container's place on the project's network. */
  note(id: string, endpoint: ListedEndpoint | undefined): void;
  /** The container has another address from now on, or none. */
  forget(id: string): void;
  /** Its address did not answer: it is asked for again, unless it was known a moment ago. */
  doubt(id: string): void;
  /** Its address, if this machine can reach it directly; undefined where only published ports work. */
  find(instance: Instance, signal: AbortSignal): Promise<string | undefined>;
}

/** The address of a container that has this machine's own network. */
export const thisMachine = '127.0.0.1';

// A container that restarts by its own policy gets another address.
const trustedMs = 1000;
const notedLateMs = 2000;

/** Asks the engine only for containers that nothing is known of. */
export function createContainerAddresses(engine: Engine): ContainerAddresses {
  const known = new Map<string, { endpoint: ListedEndpoint; notedAtMs: number }>();
  const note: ContainerAddresses['note'] = (id, endpoint) => {
    if (endpoint?.IPAddress) known.set(id, { endpoint, notedAtMs: performance.now() });
    else known.delete(id);
  };
  return {
    note,
    forget: (id) => void known.delete(id),
    doubt(id) {
      const notedAtMs = known.get(id)?.notedAtMs ?? 0;
      if (performance.now() - notedAtMs > trustedMs) known.delete(id);
    },
    async find(instance, signal) {
      const address = await engine.connect(signal);
      if (address.kind !== 'socket' || process.platform !== 'linux') return undefined;
      let endpoint = known.get(instance.id)?.endpoint;
      if (!endpoint) {
        const found = await inspectContainer(engine, instance, signal);
        if (found.network === 'host') return thisMachine;
        const [, owner] = /^container:(.+)$/.exec(found.network) ?? [];
        const { service } = instance;
        ({ endpoint } = owner
          ? await inspectContainer(engine, { id: owner, service }, signal)
          : found);
        note(instance.id, endpoint);
      }
      return endpoint?.IPAddress && isOwnAddress(endpoint.Gateway) ? endpoint.IPAddress : undefined;
    },
  };
}

/** How a container is, and its place on the network that it was made for. */
export async function inspectContainer(
  engine: Engine,
  { id, service }: { id: string; service: string },
  signal: AbortSignal,
): Promise<{
  state: { status: string; exitCode: number; startedAt: number };
  generation: string;
  /** Of its present or last run, as the engine notes it. */
  notedStart: number;
  /** As it was made for: the name of a network, `host`, or `container:ID`. */
  network: string;
  endpoint?: ListedEndpoint;
}> {
  const found = await engine.ask(
    { doing: `inspect the container of ${service}`, signal },
    (client) => client.getContainer(id).inspect(),
  );
  const network = found.HostConfig.NetworkMode ?? '';
  const networks: Readonly<Record<string, ListedEndpoint>> = found.NetworkSettings.Networks;
  // Podman calls every such network `bridge` here: the project's has its name.
  const endpoint = networks[network] ?? networks[found.Config.Labels[labels.project] ?? ''];
  return {
    state: {
      status: found.State.Status,
      exitCode: found.State.ExitCode,
      startedAt: firstMomentOf(found.State),
    },
    // Who shares another's network has no place of its own on any: only the time tells starts apart.
    generation:
      network.startsWith('container:') && found.State.Running
        ? `${id}:${found.State.StartedAt}`
        : generationOf(id, endpoint),
    notedStart: Date.parse(found.State.StartedAt),
    network,
    ...(endpoint?.IPAddress ? { endpoint } : {}),
  };
}

/**
 * When a container's present run may have begun to write. Engines before 25 note the start only after
 * the process runs, so its first lines can be older than that; those of an earlier run end with its finish.
 */
export function firstMomentOf(state: { StartedAt: string; FinishedAt: string }): number {
  return Math.max(Date.parse(state.FinishedAt), Date.parse(state.StartedAt) - notedLateMs);
}

// Rootless engines, Docker Desktop and engines seen from inside a container have their bridges
// elsewhere: there the same address may even be somebody else's.
function isOwnAddress(gateway: string | undefined): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return gateway !== undefined && own.some(({ address }) => address === gateway);
}
