import { labels } from 'devservices/runner';
import type { PortBinding, Target } from 'devservices/runner';
import { createLimits } from './create-limits.ts';
import { createMounts } from './create-mounts.ts';
import { createNetworking, namesThisMachine } from './create-network.ts';
import { describeApi } from './engine-api.ts';
import type { EngineApi } from './engine-api.ts';
import { containerName, memoryLabel, projectLabels } from '../runner/owned-names.ts';
import { asContainer } from '../fields/resolved-container.ts';
import type { ResolvedContainer } from '../fields/resolved-container.ts';

/** What the memory label holds. */
export interface ContainerMemory {
  image: string;
  ports: readonly PortBinding[];
  /** As the engine was told, for Podman, whose list does not say. */
  networkMode?: string;
  /** Where it was told that this machine is. */
  gateway?: string;
}

/** The request that creates a target's container. */
export interface CreateRequest {
  query: { name: string; platform?: string };
  body: Record<string, unknown>;
}

/** What the request depends on besides the target. */
export interface CreationPlace {
  api?: EngineApi;
  /** Address of this machine on the project's network, for a container that needs it. */
  gateway?: string | undefined;
}

/** Says a resolved container in the engine's words. Pure. */
export function createBody(
  target: Target,
  { api = describeApi('1.41'), gateway }: CreationPlace = {},
): CreateRequest {
  const { project, service } = target;
  const run = asContainer(target.run);
  const network = createNetworking(target, { api, thisMachine: gateway ?? 'host-gateway' });
  const told = gateway !== undefined && !namesThisMachine(run.extraHosts) ? { gateway } : {};
  return {
    query: {
      name: containerName(project, service),
      ...(run.platform === undefined ? {} : { platform: run.platform }),
    },
    body: {
      Image: run.image,
      ...(run.command ? { Cmd: run.command } : {}),
      // An empty list means "the image's"; one empty string clears it.
      ...(run.entrypoint ? { Entrypoint: run.entrypoint.length > 0 ? run.entrypoint : [''] } : {}),
      Env: Object.entries(run.environment).map(([name, value]) => `${name}=${value}`),
      User: run.user,
      WorkingDir: run.workingDir,
      Tty: run.tty,
      OpenStdin: run.stdinOpen,
      Labels: createLabels(target, {
        networkMode: String(network.hostConfig['NetworkMode']),
        ...told,
      }),
      Healthcheck: run.healthcheck && createHealthcheck(run.healthcheck),
      StopSignal: run.stopSignal,
      StopTimeout: Math.ceil(run.stopGracePeriod / 1000),
      ...network.body,
      HostConfig: {
        ...createRestart(run),
        ...network.hostConfig,
        ...createMounts(target),
        ...createLimits(target),
      },
    },
  };
}

function createLabels(
  target: Target,
  place: Pick<ContainerMemory, 'networkMode' | 'gateway'>,
): Record<string, string> {
  const run = asContainer(target.run);
  const memory: ContainerMemory = { image: run.image, ports: target.ports, ...place };
  return {
    ...run.labels,
    ...projectLabels(target.project),
    [labels.service]: target.service,
    [labels.run]: target.runKey,
    [labels.spec]: JSON.stringify(target.spec),
    [memoryLabel]: JSON.stringify(memory),
  };
}

const nanosecondsPerMs = 1_000_000;

function createHealthcheck(
  check: NonNullable<ResolvedContainer['healthcheck']>,
): Record<string, unknown> {
  const nanoseconds = (ms: number | undefined) =>
    ms === undefined ? undefined : Math.round(ms * nanosecondsPerMs);
  return {
    Test: check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.startPeriod),
    StartInterval: nanoseconds(check.startInterval),
  };
}

function createRestart(run: ResolvedContainer): Record<string, unknown> {
  const [policy = 'no', times = '0'] = run.restart.split(':');
  return {
    RestartPolicy: { Name: policy, MaximumRetryCount: Number(times) },
    Init: run.init || undefined,
    Annotations: run.annotations,
    LogConfig: run.logging && { Type: run.logging.driver, Config: run.logging.options },
  };
}
