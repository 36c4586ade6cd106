import { container } from 'devservices';
import type { ProjectIdentity, Target } from 'devservices/runner';
import type Docker from 'dockerode';
import { resolveServices } from '../../../../core/plan/resolve-services.ts';
import type { Service } from '../../../../core/service/service.ts';
import { createDockerRunner } from '../../../../plugins/docker/runner/docker-runner.ts';
import { never } from '../case-project.ts';
import type { Row } from './row.ts';

/** Makes containers of rows as an `up` would, without starting them. */
export interface OurSide {
  /** The container's name. */
  create(service: string, ours: Row['ours']): Promise<string>;
  /** Takes what only names this project out of an inspection. */
  rename(service: string): Promise<(text: string) => string>;
  close(): Promise<void>;
}

export async function createOurSide(options: {
  url: string;
  docker: Docker;
  project: string;
  root: string;
  env: Readonly<Record<string, string>>;
  image: string;
}): Promise<OurSide> {
  const { url, docker, root, env, image } = options;
  const project: ProjectIdentity = { project: options.project, checkout: 'c0ffee' };
  const runner = createDockerRunner({ engine: url, env: {}, retryAfterMs: 1 });
  await runner.ensureProject(project, never);
  const planOf = async (name: string, { ports, ...fields }: Row['ours']): Promise<Target> => {
    const run = container({ image, ...fields });
    const other: Service = { run: container({ image }) };
    const own: Service = { run, ...(ports && { ports }) };
    const services: Record<string, Service> = { other, [name]: own };
    const chosen = { [name]: { key: 'docker', run, runner } };
    const neighbours = { other: { key: 'docker', run: container({ image }), runner } };
    const reader = { env, root, onSecret: () => {} };
    const plan = { project, services, chosen, neighbours, hostPorts: new Map(), reader };
    const { [name]: resolved } = await resolveServices(plan);
    if (!resolved) throw new Error(`${name} was not resolved.`);
    const spec = { v: 1, fields: {} } as const;
    return { project, service: name, runKey: 'docker', ...resolved, spec };
  };
  return {
    async create(service, ours) {
      const asked = { pull: 'never', signal: never, onProgress: () => {} } as const;
      await runner.prepare(await planOf(service, ours), asked);
      return `${project.project}_${service}`;
    },
    async rename(service) {
      // Engines resolve the name of a container that is there.
      const { Id } = await docker.getContainer(`${project.project}_other`).inspect();
      return (text) =>
        text
          .replaceAll(Id, 'OTHER')
          .replaceAll(`${project.project}_${service}_`, 'NAME_')
          .replaceAll(project.project, 'PROJECT');
    },
    close: () => runner.close(),
  };
}
