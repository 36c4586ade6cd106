import type Docker from 'dockerode';

/** What one container was made into, by path, without what names it. */
export type Inspected = Readonly<Record<string, string>>;

/** Reads a container and leaves out what can not be equal: ids, times, labels of who made it. */
export async function inspect(
  docker: Docker,
  name: string,
  rename: (text: string) => string,
): Promise<Inspected> {
  const found = await docker.getContainer(name).inspect();
  const { Config, HostConfig, Mounts, NetworkSettings } = found;
  const labels = Object.entries(Config.Labels).filter(
    ([label]) => !/^(?:com\.docker\.compose|dev\.devservices)\./.test(label),
  );
  const networks = Object.entries(NetworkSettings.Networks).map(([network, endpoint]) => {
    const { Aliases, IPAMConfig, MacAddress, DriverOpts } = endpoint as Record<string, unknown>;
    // Engines add the container's id, and Compose its name.
    const aliases = ((Aliases ?? []) as string[]).filter(
      (alias) => alias !== found.Id.slice(0, 12) && alias !== name,
    );
    return [network, { Aliases: aliases.toSorted(), IPAMConfig, MacAddress, DriverOpts }];
  });
  const isNamedByEngine = found.Id.startsWith(Config.Hostname);
  const parts = {
    Config: {
      ...Config,
      Labels: Object.fromEntries(labels) as Record<string, string>,
      Hostname: isNamedByEngine ? '' : Config.Hostname,
      Env: Config.Env.toSorted(),
    },
    HostConfig: {
      ...HostConfig,
      // Sets, which clients write in any order.
      ExtraHosts: sorted(HostConfig.ExtraHosts),
      Binds: sorted(HostConfig.Binds),
      Ulimits: sorted(HostConfig.Ulimits),
      Mounts: sorted(HostConfig.Mounts),
    },
    Mounts: Mounts.map(placed).toSorted((a, b) => a.Destination.localeCompare(b.Destination)),
    Networks: Object.fromEntries(networks) as Record<string, unknown>,
  };
  return Object.fromEntries(
    flatten(JSON.parse(rename(JSON.stringify(parts)).replaceAll(found.Id, 'SELF')) as unknown, ''),
  );
}

type Mount = Docker.ContainerInspectInfo['Mounts'][number];

// Where the engine keeps a volume follows from its name, and an anonymous one is named by chance. The
// mode repeats in the short form's words what the other fields say.
function placed({ Mode: _mode, ...mount }: Mount): Omit<Mount, 'Mode'> {
  if (mount.Type !== 'volume') return mount;
  const isAnonymous = /^[0-9a-f]{64}$/.test(mount.Name ?? '');
  return { ...mount, Source: '', ...(isAnonymous ? { Name: 'ANONYMOUS' } : {}) };
}

function sorted<Item>(items: readonly Item[] | null | undefined): readonly Item[] {
  const keyOf = (item: unknown) => JSON.stringify(item, ['Name', 'Target', 'Soft']);
  return (items ?? []).toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

// What is empty says nothing: clients differ in whether they write it.
function flatten(value: unknown, path: string): [string, string][] {
  if (value === null || value === '' || value === false || value === 0) return [];
  if (typeof value !== 'object') return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flatten(inner, path === '' ? key : `${path}.${key}`),
  );
}
