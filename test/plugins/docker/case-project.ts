import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { container } from 'devservices';
import type { ContainerFields } from 'devservices';
import type {
  Instance,
  PortBinding,
  PrepareOptions,
  ProjectIdentity,
  Runner,
  Target,
} from 'devservices/runner';
import Docker from 'dockerode';
import { onTestFinished } from 'vitest';
import type { ResolvedRun } from 'devservices/runner';
import { createDockerRunner } from '../../../plugins/docker/runner/docker-runner.ts';

export const never = new AbortController().signal;

export interface CaseProject {
  runner: Runner;
  project: ProjectIdentity;
  /** The engine as a stranger sees it. */
  docker: Docker;
  target(service: string, fields: ContainerFields, ports?: readonly PortBinding[]): Target;
  prepare(target: Target, options?: Partial<PrepareOptions>): Promise<Instance>;
  /** Prepares and starts. */
  run(target: Target): Promise<Instance>;
}

/** A project of its own on a real engine; everything of it is gone after the test. */
export async function createCaseProject(
  socketPath: string,
  { url = `unix://${socketPath}` }: { url?: string } = {},
): Promise<CaseProject> {
  const project = { project: `case-${randomBytes(4).toString('hex')}`, checkout: 'c0ffee' };
  const runner = createDockerRunner({ engine: url, env: {}, retryAfterMs: 1 });
  const docker = new Docker({ socketPath });
  onTestFinished(async () => {
    await runner.close();
    await removeProject(docker, `dev.devservices.project=${project.project}`);
  });
  await runner.ensureProject(project, never);
  const prepare: CaseProject['prepare'] = (target, options = {}) =>
    runner.prepare(target, {
      pull: 'never',
      signal: never,
      onProgress: () => {},
      ...options,
    });
  return {
    runner,
    project,
    docker,
    target(service, fields, ports = []) {
      const context = { service, project, root: '/nowhere', environment: {} };
      // The runner of containers answers at once.
      const run = runner.normalise(container(fields), context) as ResolvedRun;
      return { project, service, runKey: 'docker', run, ports, spec: { v: 1, fields: { a: '1' } } };
    },
    prepare,
    async run(target) {
      return runner.start(target, await prepare(target), never);
    },
  };
}

/** Removes containers, volumes and networks that have a label. */
export async function removeProject(docker: Docker, label: string): Promise<void> {
  const filters = { label: [label] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    const found = docker.getContainer(Id);
    // Podman would ask it to stop first, and stumbles over one that is just ending.
    await found.kill().then(
      () => found.wait(),
      () => {},
    );
    await found.remove({ force: true, v: true });
  }
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes ?? []) {
    await docker.getVolume(Name).remove();
  }
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
}

/** A TCP port that is free now. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves with the first event that matches. */
export async function nextMatching<T>(
  events: AsyncIterable<T>,
  matches: (event: T) => boolean,
): Promise<T> {
  for await (const event of events) if (matches(event)) return event;
  throw new Error('the events ended before');
}
