import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { runCommand } from '../../../rig/engine/run-command.ts';
import type { Row } from './row.ts';

/** Makes containers of rows by `docker compose create`. */
export interface ComposeSide {
  /** All in one call; resolves with what it said where it failed. */
  create(rows: ReadonlyMap<string, Row>): Promise<string | undefined>;
  nameOf(service: string): string;
  /** Takes what only names this project out of an inspection. */
  rename(): Promise<(text: string) => string>;
}

export function createComposeSide(options: {
  binary: string;
  docker: Docker;
  url: string;
  project: string;
  root: string;
  env: Readonly<Record<string, string>>;
  image: string;
  external: string;
}): ComposeSide {
  const { binary, docker, url, project, root, env, image, external } = options;
  const nameOf = (service: string) => `${project}-${service}-1`;
  let files = 0;
  return {
    nameOf,
    async create(rows) {
      const all = [...rows].map(([name, { compose }]) => [name, { image, ...compose }] as const);
      const top = (key: string) =>
        Object.assign({}, ...[...rows.values()].map((row) => row.top?.[key] ?? {})) as object;
      const file = join(root, `compose-${(files += 1)}.json`);
      const text = JSON.stringify({
        services: { other: { image }, ...Object.fromEntries(all) },
        networks: { [external]: { external: true } },
        volumes: top('volumes'),
        secrets: top('secrets'),
        configs: top('configs'),
      });
      await writeFile(file, text);
      const args = ['--project-name', project, '--project-directory', root, '--file', file];
      const create = ['create', '--pull', 'never', '--no-recreate'];
      const { PATH = '', HOME = '' } = process.env;
      const { exitCode, stderr } = await runCommand(binary, [...args, ...create], {
        cwd: root,
        env: { PATH, HOME, DOCKER_HOST: url, ...env },
      });
      return exitCode === 0 ? undefined : stderr;
    },
    async rename() {
      const { Id } = await docker.getContainer(nameOf('other')).inspect();
      const network = (await docker.getNetwork(external).inspect()) as { Id: string };
      return (text) =>
        text
          .replaceAll(Id, 'OTHER')
          .replaceAll(network.Id, external)
          .replaceAll(`${project}_default`, 'PROJECT')
          .replaceAll(`${project}_`, 'NAME_');
    },
  };
}
