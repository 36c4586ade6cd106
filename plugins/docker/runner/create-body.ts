import { labels } from 'devservices/runner';
import type { PortBinding, Target } from 'devservices/runner';
import { containerName, memoryLabel, projectLabels, volumeName } from './owned-names.ts';
import { asContainer } from './resolved-container.ts';
import type { ResolvedContainer } from './resolved-container.ts';

/** What the memory label holds. */
export interface ContainerMemory {
  image: string;
  ports: readonly PortBinding[];
}

/** The request that creates a target's container. */
export interface CreateRequest {
  query: { name: string; platform?: string };
  body: Record<string, unknown>;
}

/** Says a resolved container in the engine's words. Pure. */
export function createBody(target: Target): CreateRequest {
  const { project, service } = target;
  const run = asContainer(target.run);
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
      Hostname: run.hostname,
      Labels: createLabels(target, run),
      Healthcheck: run.healthcheck && createHealthcheck(run.healthcheck),
      StopSignal: run.stopSignal,
      StopTimeout: Math.ceil(run.stopGracePeriod / 1000),
      ExposedPorts: Object.fromEntries(target.ports.map((port) => [portKey(port), {}])),
      HostConfig: createHostConfig(target, run),
      NetworkingConfig: {
        EndpointsConfig: {
          [project.project]: { Aliases: [...new Set([service, ...run.aliases])] },
        },
      },
    },
  };
}

function createLabels(target: Target, run: ResolvedContainer): Record<string, string> {
  const memory: ContainerMemory = { image: run.image, ports: target.ports };
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
  };
}

function createHostConfig(target: Target, run: ResolvedContainer): Record<string, unknown> {
  const [policy = 'no', times = '0'] = run.restart.split(':');
  return {
    NetworkMode: target.project.project,
    PortBindings: createPortBindings(target.ports),
    ExtraHosts: createExtraHosts(run.extraHosts),
    Mounts: run.volumes.map(({ type, source, target: path, readOnly }) => ({
      Type: type,
      Source: type === 'volume' ? volumeName(target.project, target.service, source) : source,
      Target: path,
      ReadOnly: readOnly,
    })),
    Tmpfs: Object.fromEntries(run.tmpfs.map(createTmpfs)),
    RestartPolicy: { Name: policy, MaximumRetryCount: Number(times) },
    Init: run.init || undefined,
    Privileged: run.privileged,
    CapAdd: run.capAdd,
    CapDrop: run.capDrop,
    ShmSize: run.shmSize,
    Ulimits: Object.entries(run.ulimits).map(([name, { soft, hard }]) => ({
      Name: name,
      Soft: soft,
      Hard: hard,
    })),
    Sysctls: run.sysctls,
  };
}

// On the loopback interface only: a development database is nobody else's business.
function createPortBindings(ports: readonly PortBinding[]): Record<string, unknown> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({ HostIp: '127.0.0.1', HostPort: String(port.host) });
  }
  return bindings;
}

function createExtraHosts(lines: readonly string[]): readonly string[] {
  const isSet = lines.some((line) => line.startsWith('host.docker.internal:'));
  return isSet ? lines : [...lines, 'host.docker.internal:host-gateway'];
}

function createTmpfs(line: string): [path: string, options: string] {
  const [path = '', ...options] = line.split(':');
  return [path, options.join(':')];
}

function portKey({ container, protocol }: PortBinding): string {
  return `${container}/${protocol}`;
}
