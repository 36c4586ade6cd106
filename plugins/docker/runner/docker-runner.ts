import { homedir } from 'node:os';
import { isDevServicesError } from 'devservices';
import type { ContainerRun, ResolvedRun, Runner } from 'devservices/runner';
import { createImageBuilder } from '../build/image-builder.ts';
import { refreshImages } from '../build/refresh-images.ts';
import { resolveBuild } from '../build/resolve-build.ts';
import { diagnoseDocker } from '../doctor/diagnose-docker.ts';
import { remoteHostOf } from '../engine/engine-address.ts';
import { createEngine } from '../engine/engine.ts';
import type { Engine, EngineOptions } from '../engine/engine.ts';
import { findEngineStarter } from '../engine/start-engine.ts';
import { createForwards } from '../forwards/create-forwards.ts';
import type { ForwardOptions } from '../forwards/create-forwards.ts';
import { checkListening } from './check-listening.ts';
import { createContainerAddresses, inspectContainer } from './container-addresses.ts';
import { createContainerStats } from './container-stats.ts';
import { removeContainer, stopContainer } from './end-container.ts';
import { createEnsureImage } from '../images/ensure-image.ts';
import { createImageSizes } from '../images/image-sizes.ts';
import { listMissingImages } from '../images/list-missing.ts';
import { execAttached } from '../commands/exec-attached.ts';
import { createCommandRunner } from '../commands/exec-command.ts';
import { findPortOwner } from './find-port-owner.ts';
import { lastCheck } from './last-check.ts';
import { normaliseContainer } from '../fields/normalise.ts';
import { observeProject } from './observe.ts';
import { listVolumes, removeOwnedVolume } from './owned-volumes.ts';
import { prepareContainer } from './prepare-container.ts';
import { createProjectGateways } from './project-gateways.ts';
import { dropNetwork, ensureNetwork } from './project-network.ts';
import { readLogs } from '../logs/read-logs.ts';
import { resolveAddress } from './resolve-address.ts';
import { asContainer } from '../fields/resolved-container.ts';
import { startContainer } from './start-container.ts';
import { watchProject } from '../events/watch-project.ts';

export interface DockerRunnerOptions extends EngineOptions {
  /** Pause before a failed pull is tried again; it doubles. Default 500. */
  retryAfterMs?: number;
  /** Where sizes of images are remembered; without it they are not. */
  cacheFolder?: string;
  /** Says what people should know though it stops nothing. */
  warn?: (text: string) => void;
  /** For ports of an engine on another machine; without it they stay there alone. */
  forwards?: ForwardOptions;
}

/**
 * Runs containers on a Docker Engine. Nothing is connected before the first request; every method
 * that asks the engine may throw DS_DOCKER_UNREACHABLE or DS_DOCKER_LOST besides its own errors.
 *
 * @example const runner = createDockerRunner({ engine: 'unix:///var/run/docker.sock' });
 */
export function createDockerRunner(
  options: DockerRunnerOptions = {},
  engine: Engine = createEngine(options),
): Runner {
  const addresses = createContainerAddresses(engine);
  const closing = new AbortController();
  const gateways = createProjectGateways(engine);
  const known = { engine, addresses, gateways };
  const forwards = options.forwards && createForwards(engine, options.forwards);
  const sizes =
    options.cacheFolder === undefined ? undefined : createImageSizes(options.cacheFolder);
  const env = options.env ?? process.env;
  const imageBuilder = createImageBuilder({ engine, env });
  const commands = createCommandRunner(engine);
  const ensureImage = createEnsureImage({
    engine,
    sizes,
    warn: options.warn,
    env,
    home: options.home ?? homedir(),
    retryAfterMs: options.retryAfterMs ?? 500,
  });
  return {
    kind: 'container',
    async available(signal) {
      try {
        await engine.connect(signal);
        return { available: true };
      } catch (thrown) {
        if (!isDevServicesError(thrown)) throw thrown;
        return { available: false, error: thrown };
      }
    },
    normalise: (run, context) => ({
      ...normaliseContainer(run as ContainerRun, context),
      ...resolveBuild(run as ContainerRun, context, env),
    }),
    restartsAfter,
    async observe(project, signal) {
      const { ports, ...found } = await observeProject(known, project, signal);
      return forwards ? forwards.look(project, { ...found, ports }, signal) : found;
    },
    tend: async (_, signal) => forwards?.tend(signal),
    ensureProject: async (project, signal) =>
      gateways.noteNetwork(project, await ensureNetwork(engine, project, signal)),
    prepare(target, prepare) {
      forwards?.prepare(target, prepare.signal);
      return prepareContainer({ engine, ensureImage, imageBuilder, gateways }, target, prepare);
    },
    async start(target, instance, signal) {
      await forwards?.open(target, signal);
      return startContainer(known, { target, instance, signal });
    },
    stop: (instance, { signal }) => stopContainer(engine, instance, signal),
    async remove(instance, signal) {
      await removeContainer(engine, instance, signal);
      await forwards?.drop(instance.service);
    },
    listData: (project, services) => listVolumes(engine, project, services),
    removeData: (found, signal) => removeOwnedVolume(engine, found, signal),
    address: resolveAddress,
    listens: (instance, port, signal) =>
      checkListening({ ...known, commands }, { instance, port, signal }),
    async probeAddress(instance, port, signal) {
      const host = await addresses.find(instance, signal);
      if (host !== undefined) return { host, port: port.container };
      const isForwarded = forwards?.ownerOf(port.host) !== undefined;
      return isForwarded
        ? resolveAddress({ ...instance, port }, 'host')
        : engine.reach(port.host, signal);
    },
    logs: (instance, log) =>
      readLogs(engine, instance, { ...log, signal: AbortSignal.any([log.signal, closing.signal]) }),
    findStart: async (instance, signal) =>
      (await inspectContainer(engine, instance, signal)).state.startedAt,
    exec: (instance, command, signal) => commands.run(instance, { command, signal }),
    execAttached: (instance, command) => execAttached(engine, instance, command),
    watch: (project, signal) =>
      watchProject(known, project, AbortSignal.any([signal, closing.signal])),
    async dropProject(project, signal) {
      await dropNetwork(engine, project, signal);
      gateways.noteNetwork(project, undefined);
      await forwards?.end();
    },
    gateway: (project, signal) => gateways.find(project, signal),
    stats: createContainerStats(engine),
    lastCheck: (instance, signal) => lastCheck(engine, instance, signal),
    listMissing: (targets, signal) => listMissingImages({ engine, sizes }, targets, signal),
    refresh: (targets, refresh) =>
      refreshImages({ engine, ensureImage, imageBuilder }, targets, refresh),
    diagnose: (signal) => diagnoseDocker(engine, signal),
    findStarter: (signal) => findEngineStarter({ ...options, ...engine.options }, signal),
    async portOwner(port) {
      const service = forwards?.ownerOf(port);
      if (service !== undefined) return `the forward to ${service} on ${engine.url}`;
      const isHere = remoteHostOf(await engine.connect(closing.signal)) === undefined;
      return isHere ? findPortOwner(engine, port, closing.signal) : undefined;
    },
    async close() {
      closing.abort();
      await commands.settled();
      await forwards?.close();
      engine.close();
    },
  };
}

// `on-failure:3` gives up after three tries; how many there were, only the engine's events tell.
function restartsAfter(run: ResolvedRun, exitCode: number): boolean {
  const { restart } = asContainer(run);
  if (restart.startsWith('on-failure')) return exitCode !== 0;
  return restart === 'always' || restart === 'unless-stopped';
}
