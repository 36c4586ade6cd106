import type { Instance, InstanceStats } from 'devservices/runner';
import { unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';

/** What is read of an answer of `GET /containers/{id}/stats`; each engine leaves out something. */
export interface AnsweredStats {
  /** When it was read; the year 1 of a container that does not run. */
  read?: string;
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: {
    usage?: number;
    limit?: number;
    stats?: Readonly<Record<string, number>> | null;
  };
  networks?: Readonly<Record<string, { rx_bytes?: number; tx_bytes?: number }>> | null;
  pids_stats?: { current?: number };
}

/** Asks what a container uses: one request each, and once per engine how much memory there is at all. */
export function createContainerStats(engine: Engine) {
  let machine: Promise<number> | undefined;
  const machineMemory = (signal: AbortSignal): Promise<number> =>
    (machine ??= engine
      .ask({ doing: 'say what it is', signal }, (client) => client.info() as Promise<Machine>)
      .then(
        ({ MemTotal }) => MemTotal ?? Infinity,
        (thrown: unknown) => {
          machine = undefined;
          throw thrown;
        },
      ));
  return async (
    { id, service }: Instance,
    signal: AbortSignal,
  ): Promise<InstanceStats | undefined> => {
    // Without one-shot, which engines before API 1.41 do not know, it would wait for a second look.
    const wanted = { stream: false as const, 'one-shot': true };
    const options = { ...wanted, abortSignal: signal, _query: wanted };
    const [answer, machineBytes] = await Promise.all([
      engine
        .ask({ doing: `say what the container of ${service} uses`, signal }, (client) =>
          client.getContainer(id).stats(options),
        )
        // Podman refuses where nothing runs.
        .catch(unless([404, 409], undefined)),
      machineMemory(signal),
    ]);
    return answer && readContainerStats(answer, machineBytes);
  };
}

interface Machine {
  MemTotal?: number;
}

/** Undefined for a container that does not run. */
export function readContainerStats(
  { read = '', cpu_stats: cpu, memory_stats: memory, networks, pids_stats: pids }: AnsweredStats,
  machineBytes: number,
): InstanceStats | undefined {
  const usedNs = cpu?.cpu_usage?.total_usage;
  const isThere = !(Date.parse(read) <= 0) && usedNs !== undefined && memory?.usage !== undefined;
  if (!isThere) return undefined;
  const places = Object.values(networks ?? {});
  const sum = (bytesOf: (place: (typeof places)[number]) => number | undefined) =>
    places.length === 0 ? null : places.reduce((total, place) => total + (bytesOf(place) ?? 0), 0);
  return {
    cpuMs: usedNs / 1e6,
    memoryBytes: withoutCache(memory),
    memoryLimitBytes: limitOf(memory, machineBytes),
    networkReceivedBytes: sum(({ rx_bytes: received }) => received),
    networkSentBytes: sum(({ tx_bytes: sent }) => sent),
    processes: pids?.current ?? null,
  };
}

// As `docker stats` counts: pages of files that were not used lately go when memory is needed. The first
// name is that of cgroup v1, the second of v2.
function withoutCache({ usage = 0, stats }: NonNullable<AnsweredStats['memory_stats']>): number {
  const idle = stats?.['total_inactive_file'] ?? stats?.['inactive_file'] ?? 0;
  return idle < usage ? usage - idle : usage;
}

// Engines give all that the machine has where there is no limit.
function limitOf(
  { limit = 0 }: NonNullable<AnsweredStats['memory_stats']>,
  machineBytes: number,
): number | null {
  return limit > 0 && limit < machineBytes ? limit : null;
}
