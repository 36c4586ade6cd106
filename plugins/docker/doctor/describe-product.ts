import type Dockerode from 'dockerode';

export type EngineVersion = Dockerode.DockerVersion;

/** What is read of `GET /info`. */
export interface EngineInfo {
  Name?: string;
  OperatingSystem: string;
  Driver: string;
  CgroupVersion?: string;
  DockerRootDir?: string;
  SystemTime?: string;
  SecurityOptions?: readonly string[] | null;
}

/** Whose engine it is, as far as it says. */
export function describeProduct(
  version: Pick<EngineVersion, 'Components'>,
  { Name = '', OperatingSystem, SecurityOptions }: EngineInfo,
): { name: string; isRootless: boolean } {
  const isRootless = (SecurityOptions ?? []).some((one) => /\brootless\b/.test(one));
  const components = (version.Components ?? []).map((one) => one.Name);
  if (components.some((name) => /podman/i.test(name))) return { name: 'Podman', isRootless };
  const known: readonly (readonly [string, boolean])[] = [
    ['Docker Desktop', /docker desktop/i.test(OperatingSystem)],
    ['OrbStack', /orbstack/i.test(OperatingSystem)],
    ['Rancher Desktop', /rancher desktop/i.test(OperatingSystem) || /rancher-desktop/.test(Name)],
    ['Colima', Name.startsWith('colima')],
    ['Lima', Name.startsWith('lima-')],
  ];
  const [name = 'Docker Engine'] = known.find(([, isIt]) => isIt) ?? [];
  return { name, isRootless };
}
