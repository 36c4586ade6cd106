import type Dockerode from 'dockerode';
import { labels } from '../../core/identity/project.ts';

/** Containers, networks and volumes of others, with names and labels close to a project's. */
export interface Strangers {
  /** All that would show that somebody touched them. */
  look(): Promise<unknown>;
  remove(): Promise<void>;
}

/** Makes them; the project's own names of `db` with its volume `data` stay free. */
export async function createStrangers(options: {
  docker: Dockerode;
  image: string;
  project: string;
}): Promise<Strangers> {
  const { docker, image, project } = options;
  const another = {
    none: {},
    checkout: {
      [labels.project]: project,
      [labels.checkout]: 'c0ffeec0ffee',
      [labels.service]: 'db',
    },
    project: { [labels.project]: `${project}-2`, [labels.checkout]: 'c0ffeec0ffee' },
    compose: { 'com.docker.compose.project': project, 'com.docker.compose.service': 'db' },
  };
  const kinds = Object.entries(another);
  const volumes = await Promise.all(
    ['db_data_1', 'data', 'db_old', 'postgres_data'].map(async (name, index) => {
      const [, Labels] = kinds[index] ?? ['', {}];
      const volume = { Name: `${project}_${name}`, Labels };
      await docker.createVolume(volume);
      return docker.getVolume(volume.Name);
    }),
  );
  const networks = await Promise.all(
    ['_default', '_db', 'x', '-net'].map((ending, index) =>
      docker.createNetwork({ Name: `${project}${ending}`, Labels: kinds[index]?.[1] ?? {} }),
    ),
  );
  const containers = await Promise.all(
    ['x', 'postgres_1', 'db_1', 'dev_db'].map(async (name, index) => {
      const container = await docker.createContainer({
        name: `${project}_${name}`,
        Image: image,
        Cmd: ['sleep', '1000'],
        Labels: kinds[index]?.[1] ?? {},
        HostConfig: {
          NetworkMode: `${project}_default`,
          Binds: [`${volumes[index]?.name}:/data`],
        },
      });
      // One of them is stopped: it would be the easiest to take for a leftover.
      if (index > 0) await container.start();
      return container;
    }),
  );
  return {
    look: async () => ({
      containers: await Promise.all(
        containers.map(async (container) => {
          const { Id, Name, State, RestartCount, NetworkSettings } = await container.inspect();
          const { Status, Pid, StartedAt } = State;
          const places = Object.values(NetworkSettings.Networks).map(
            ({ EndpointID }) => EndpointID,
          );
          return { Id, Name, Status, Pid, StartedAt, RestartCount, places };
        }),
      ),
      networks: await Promise.all(
        networks.map(async (network) => {
          const { Id, Name, Containers } = await network.inspect();
          return { Id, Name, members: Object.keys(Containers ?? {}).toSorted() };
        }),
      ),
      volumes: await Promise.all(volumes.map((volume) => volume.inspect())),
    }),
    async remove() {
      await Promise.all(containers.map((container) => container.remove({ force: true })));
      await Promise.all(networks.map((network) => network.remove()));
      await Promise.all(volumes.map((volume) => volume.remove()));
    },
  };
}
