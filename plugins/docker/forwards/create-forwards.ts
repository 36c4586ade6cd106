import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Observation, PortBinding, ProjectIdentity, Target } from 'devservices/runner';
import type { SshAddress } from '../engine/engine-address.ts';
import type { Engine } from '../engine/engine.ts';
import { canForwardPorts } from '../engine/remote-ports.ts';
import { forwardsOf } from './forward.ts';
import type { Forward } from './forward.ts';
import { recordFile } from './forward-record.ts';
import { createForwardSet } from './forward-set.ts';
import { describeLeft, isMissing, withNotes } from './missing-forwards.ts';
import type { MasterPlace } from './ssh-master.ts';

/** Where forwards are remembered, and whose they are. */
export interface ForwardOptions {
  stateHome: string;
  runtimeFolder: string;
  own: ProjectIdentity;
  /** Says what people should know though it stops nothing. */
  warn?: ((text: string) => void) | undefined;
}

/** A look at a project, with the ports that each container was made for, by its id. */
export interface PortedObservation extends Observation {
  ports: ReadonlyMap<string, readonly PortBinding[]>;
}

/**
 * Ports of containers on a machine that ssh leads to, each under the same number on this one. Does
 * nothing where the engine is reached otherwise.
 */
export interface Forwards {
  /** Begins to connect, ahead of a start that will need it. */
  prepare(target: Target, signal: AbortSignal): void;
  /** Ahead of the start. Throws DS_PORT_TAKEN and DS_DOCKER_FORWARD_FAILED. */
  open(target: Target, signal: AbortSignal): Promise<void>;
  /** Gives a service's ports back. */
  drop(service: string): Promise<void>;
  /** Adds to what was seen which ports are kept here, and notes whose are not forwarded. */
  look(
    project: ProjectIdentity,
    found: PortedObservation,
    signal: AbortSignal,
  ): Promise<Observation>;
  /** Mends what died since the last look, and ends what leads to another engine. Throws as `open` does. */
  tend(signal: AbortSignal): Promise<void>;
  /** Of a port of this machine. */
  ownerOf(port: number): string | undefined;
  /** Ends all of the project's. */
  end(): Promise<void>;
  /** Leaves no ssh that forwards nothing. */
  close(): Promise<void>;
}

/** Makes them for one project of one engine; nothing is asked or read yet. */
export function createForwards(engine: Engine, options: ForwardOptions): Forwards {
  const { stateHome, own, warn } = options;
  const openSet = (project: ProjectIdentity) =>
    createForwardSet(recordFile(stateHome, project), placeOf(engine, options, project));
  const set = openSet(own);
  let seen: readonly { service: string; isUp: boolean; forwards: readonly Forward[] }[] = [];
  let isUsed = false;
  const closing = new AbortController();
  const find = async (signal: AbortSignal): Promise<SshAddress | undefined> => {
    const address = await engine.connect(signal);
    return canForwardPorts(address) ? address : undefined;
  };
  return {
    prepare({ service, ports }, signal) {
      if (forwardsOf(service, ports).length === 0) return;
      const begin = async () => {
        const address = await find(signal);
        if (!address) return;
        isUsed = true;
        // Nobody waits for it at the end.
        await set.connect(address, AbortSignal.any([signal, closing.signal]));
      };
      // Whoever starts it is told what went wrong.
      begin().catch(() => {});
    },
    async open({ service, ports }, signal) {
      const address = ports.length === 0 ? undefined : await find(signal);
      if (!address) return;
      isUsed = true;
      const forwards = forwardsOf(service, ports);
      if (forwards.length > 0) await set.put(address, { service, forwards, signal });
      else await set.drop(service);
      const left = ports.filter((port) => forwardsOf(service, [port]).length === 0);
      const isElsewhere = forwards.length === 0 || set.living() !== undefined;
      if (left.length > 0 && isElsewhere) warn?.(describeLeft({ service, left, address }));
    },
    async drop(service) {
      isUsed = true;
      await set.drop(service);
    },
    async look(project, { ports, ...found }, signal) {
      const looked = found.instances.map((instance) => ({
        instance,
        service: instance.service,
        isUp: instance.status !== 'created' && instance.status !== 'exited',
        forwards: forwardsOf(instance.service, ports.get(instance.id) ?? []),
      }));
      const isOwn = project.project === own.project && project.checkout === own.checkout;
      if (isOwn) seen = looked;
      const { living } = isOwn ? set : openSet(project);
      const record = living();
      const kept = record?.forwards.map(({ service, here }) => ({ service, port: here.port }));
      const address = await find(signal);
      const instances = address
        ? await withNotes(looked, record?.url === address.url ? record.forwards : [])
        : found.instances;
      return { ...found, instances, ...(kept ? { kept } : {}) };
    },
    async tend(signal) {
      await set.check(await engine.connect(signal));
      const address = await find(signal);
      if (!address) return;
      const there = new Set(seen.map(({ service }) => service));
      const opened = set.living()?.forwards ?? [];
      const gone = new Set(opened.map(({ service }) => service).filter((one) => !there.has(one)));
      await Promise.all([...gone].map((service) => set.drop(service)));
      const lost = seen.filter(
        ({ isUp, forwards }) => isUp && forwards.some((one) => isMissing(one, opened)),
      );
      if (lost.length > 0) isUsed = true;
      await Promise.all(
        lost.map(({ service, forwards }) => set.put(address, { service, forwards, signal })),
      );
    },
    ownerOf: (port) => set.living()?.forwards.find(({ here }) => here.port === port)?.service,
    end: () => set.end(),
    async close() {
      closing.abort(new Error('closed'));
      if (isUsed) await set.settle();
    },
  };
}

function placeOf(
  { options: { env } }: Engine,
  { stateHome, runtimeFolder }: ForwardOptions,
  { project, checkout }: ProjectIdentity,
): MasterPlace {
  const hash = createHash('sha256').update(`${checkout}/${project}`).digest('hex').slice(0, 16);
  return {
    folder: runtimeFolder,
    socket: `${hash}.ssh`,
    log: join(stateHome, checkout, `forwards-${project}.log`),
    env: env ?? process.env,
  };
}
