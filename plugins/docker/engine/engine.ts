import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { remoteHostOf } from './engine-address.ts';
import type { EngineAddress } from './engine-address.ts';
import { isDatabaseBusy, toEngineError } from './engine-failure.ts';
import { findEngine } from './find-engine.ts';
import type { FoundEngine } from './find-engine.ts';
import { listContainers } from './read-api.ts';
import type { ListedContainer } from './read-api.ts';
import { openSsh } from './ssh/open-ssh.ts';
import { createPortRelay } from './ssh/port-relay.ts';
import type { PortRelay } from './ssh/port-relay.ts';
import { portArguments } from './ssh/ssh-command.ts';
import { requestTarget } from './transport.ts';
import type { ReachWorkstation } from './workstation-address.ts';

export interface EngineOptions {
  /** `--engine`, or what the configuration says. */
  engine?: string | undefined;
  /** Who said `engine`, for messages. Default: `--engine`. */
  engineSource?: string | undefined;
  /** Default: the process's own. */
  env?: Readonly<Record<string, string | undefined>>;
  home?: string;
  /** Where engines for all users put their sockets; default `/var/run`. */
  systemFolder?: string;
  pingTimeoutMs?: number;
  /** For an engine on a workstation. */
  reachWorkstation?: ReachWorkstation;
  /** Learns which engine was taken. */
  onFound?(found: FoundEngine): void;
}

export interface Asked {
  /** Completes "The Docker engine could not …". */
  doing: string;
  signal?: AbortSignal;
}

/** One engine, found on first use. */
export interface Engine {
  /** Finds it, with one ping; later calls give the first result, unless that was a failure. */
  connect(signal: AbortSignal): Promise<EngineAddress>;
  /** Whether it is Podman, which speaks the same with an accent. */
  isPodman(signal: AbortSignal): Promise<boolean>;
  /** One list call by the light path. */
  list(
    filters: Readonly<Record<string, readonly string[]>>,
    signal: AbortSignal,
  ): Promise<readonly ListedContainer[]>;
  /** The client for everything else, imported on first need: that costs more than a list call. */
  client(signal?: AbortSignal): Promise<Dockerode>;
  /** One request by that client, with its failure told as one of our errors. */
  ask<T>(asked: Asked, request: (client: Dockerode) => Promise<T>): Promise<T>;
  /** Where this machine reaches a port that a container publishes. */
  reach(port: number, signal: AbortSignal): Promise<{ host: string; port: number }>;
  /** Where it was found, for messages; empty before. */
  readonly url: string;
  /** What it was found by. */
  readonly options: EngineOptions;
  close(): void;
}

const busyPauseMs = 100;

/** Makes an engine that nothing was asked of yet. */
export function createEngine(options: EngineOptions): Engine {
  let found: Promise<FoundEngine> | undefined;
  let client: Promise<Dockerode> | undefined;
  let relay: PortRelay | undefined;
  let url = '';
  const find = (signal: AbortSignal): Promise<FoundEngine> => {
    found ??= findEngine({
      ...options,
      env: options.env ?? process.env,
      home: options.home ?? homedir(),
      signal,
    }).then(
      (engine) => {
        url = engine.address.url;
        options.onFound?.(engine);
        return engine;
      },
      (thrown: unknown) => {
        found = undefined;
        throw thrown;
      },
    );
    return found;
  };
  const openOnce = async (signal = new AbortController().signal): Promise<Dockerode> => {
    const engine = await find(signal);
    client ??= openClient(engine);
    return client;
  };
  return {
    get url() {
      return url;
    },
    connect: async (signal) => (await find(signal)).address,
    isPodman: async (signal) => (await find(signal)).isPodman,
    async list(filters, signal) {
      const { transport, apiVersion, isPodman } = await find(signal);
      try {
        return await listContainers(transport, { apiVersion, isPodman, filters, signal });
      } catch (thrown) {
        throw toEngineError(thrown, { doing: 'list containers', address: url, signal });
      }
    },
    async reach(port, signal) {
      const { address } = await find(signal);
      if (address.kind !== 'ssh') return { host: remoteHostOf(address) ?? '127.0.0.1', port };
      relay ??= createPortRelay((there) =>
        openSsh(
          portArguments(address, { port: there, isAttended: process.stdin.isTTY }),
          options.env ?? process.env,
        ),
      );
      return { host: '127.0.0.1', port: await relay.find(port) };
    },
    options,
    client: openOnce,
    async ask({ doing, signal }, request) {
      const asked = await openOnce(signal);
      for (let tries = 1; ; tries += 1) {
        try {
          return await request(asked);
        } catch (thrown) {
          const mayPass = isDatabaseBusy(thrown) && tries < 4 && !signal?.aborted;
          if (!mayPass) throw toEngineError(thrown, { doing, address: url, signal });
          // An abort ends the pause; what is asked then says so itself.
          await sleep(busyPauseMs * tries, undefined, signal && { signal }).catch(() => {});
        }
      }
    },
    close() {
      void found?.then(({ transport }) => transport.close()).catch(() => {});
      relay?.close();
      found = client = relay = undefined;
    },
  };
}

async function openClient({ address, apiVersion, transport }: FoundEngine): Promise<Dockerode> {
  const { default: Client } = await import('dockerode');
  const isSecure = address.kind === 'tcp' && address.tls !== undefined;
  const place = {
    host: undefined,
    ...requestTarget(address),
    // Not ssh, also where it is: the client's own would look at no host key.
    protocol: isSecure ? 'https' : 'http',
  };
  // The constructor reads DOCKER_HOST and DOCKER_CERT_PATH, which may name another engine, and
  // throws when they are malformed; it is synchronous, so that nobody sees them gone.
  const { DOCKER_HOST: dockerHost } = process.env;
  delete process.env['DOCKER_HOST'];
  try {
    const version = `v${apiVersion}`;
    // The client takes an agent, which its types do not say.
    const options: object = { ...place, version, agent: transport.agent };
    return new Client(options);
  } finally {
    if (dockerHost !== undefined) process.env['DOCKER_HOST'] = dockerHost;
  }
}
