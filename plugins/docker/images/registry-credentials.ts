import type { DockerConfig } from '../engine/docker-config.ts';

/** What goes with a pull; never into a message. */
export type RegistryCredentials =
  | { username: string; password: string; serveraddress: string }
  | { identitytoken: string; serveraddress: string };

/** The credentials that `docker login` left in config.json for a registry, if it left them there. */
export function resolveCredentials(
  auths: DockerConfig['auths'],
  registry: string,
): RegistryCredentials | undefined {
  for (const serveraddress of keysOf(registry)) {
    const entry = auths?.[serveraddress];
    if (entry?.identitytoken) return { identitytoken: entry.identitytoken, serveraddress };
    const [username, ...password] = Buffer.from(entry?.auth ?? '', 'base64')
      .toString('utf8')
      .split(':');
    if (username && password.length > 0) {
      // Old clients padded what they wrote.
      return { username, password: password.join(':').replace(/\0+$/, ''), serveraddress };
    }
  }
  return undefined;
}

/** The program that keeps a registry's credentials: its own, else the one of all registries. */
export function resolveHelper(
  { credHelpers, credsStore }: Pick<DockerConfig, 'credHelpers' | 'credsStore'>,
  registry: string,
): { helper: string; server: string } | undefined {
  const [server = registry, ...others] = keysOf(registry);
  const own = [server, ...others].find((key) => typeof credHelpers?.[key] === 'string');
  // An empty name is the way to leave one registry out.
  const helper = own === undefined ? credsStore : String(credHelpers?.[own]);
  return helper ? { helper, server } : undefined;
}

/** The names that a registry may have in config.json, the one that `docker login` writes first. */
function keysOf(registry: string): readonly string[] {
  if (registry !== 'docker.io' && registry !== 'index.docker.io') {
    return [registry, `https://${registry}`, `http://${registry}`];
  }
  return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'];
}
