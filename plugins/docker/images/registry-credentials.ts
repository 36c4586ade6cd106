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

function keysOf(registry: string): readonly string[] {
  if (registry !== 'docker.io') return [registry, `https://${registry}`, `http://${registry}`];
  return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'];
}
